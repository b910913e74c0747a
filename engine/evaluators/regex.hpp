// regex: the whole completion matches a pattern somewhere, or must not.
#pragma once

#include "engine/evaluator/evaluator.hpp"

namespace retort::engine {

evaluator_kind regex();

}  // namespace retort::engine
