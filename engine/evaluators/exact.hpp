// exact: the completion is the reference, white space around both aside.
#pragma once

#include "engine/evaluators/evaluator.hpp"

namespace retort::engine {

evaluator_kind exact();

}  // namespace retort::engine
