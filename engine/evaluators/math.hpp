// math: the answer, thinking aside, is mathematically the same as the reference
// (engine/math/math.md). Unscored where the reference is no mathematics; an answer that cannot be
// read is not the same.
#pragma once

#include "engine/evaluator/evaluator.hpp"

namespace retort::engine {

evaluator_kind math();

}  // namespace retort::engine
