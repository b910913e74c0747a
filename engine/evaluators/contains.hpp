// contains: the answer, thinking aside, holds the texts of the config or else the reference, each
// as words of its own: "5" is not in "15" or "5.2", nor "cat" in "concatenate". The score is the
// share of the texts that are there.
#pragma once

#include "engine/evaluator/evaluator.hpp"

namespace retort::engine {

evaluator_kind contains();

}  // namespace retort::engine
