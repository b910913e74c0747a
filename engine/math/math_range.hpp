// Sets of real numbers: intervals, what joins them, and the inequalities of one variable that say
// the same. Two are the same when the same numbers are in them, which is looked at where either
// begins or ends, and between. Pure; any thread.
#pragma once

#include "engine/math/math_node.hpp"
#include "engine/math/math_value.hpp"

namespace retort::engine {

// Both are such sets, and the same. At least one must tell its ends: an interval, an inequality
// that is linear or quadratic.
bool are_same_ranges(const math_node& one, const math_node& other, math_work&);

}  // namespace retort::engine
