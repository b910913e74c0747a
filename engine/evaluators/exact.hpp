// exact: the completion is the reference, white space around both aside; or what the pattern's last
// match captured of it is, thinking aside.
#pragma once

#include "engine/evaluator/evaluator.hpp"

namespace retort::engine {

evaluator_kind exact();

}  // namespace retort::engine
