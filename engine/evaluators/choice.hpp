// choice: the letter that the completion chooses among several answers (find_chosen_letter),
// thinking aside, is the reference's.
#pragma once

#include "engine/evaluator/evaluator.hpp"

namespace retort::engine {

evaluator_kind choice();

}  // namespace retort::engine
