// numeric: the completion's answer and the reference are the same exact number, or no farther apart
// than the tolerance. The answer is what the pattern's last match captured, which must be one
// number; without a pattern, the last \boxed{} or else the last number (number::last_in), thinking
// aside. The reference must be one number (number::parse).
#pragma once

#include "engine/evaluator/evaluator.hpp"

namespace retort::engine {

evaluator_kind numeric();

}  // namespace retort::engine
