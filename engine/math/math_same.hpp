// Whether an answer says what the reference says: values, with their units and names, tuples, sets,
// intervals and inequalities, equations, matrices, words, and several of these. What counts as the
// same is told in math.md. Pure; any thread.
#pragma once

#include "engine/math/math_node.hpp"
#include "engine/math/math_value.hpp"

namespace retort::engine {

bool are_same_math(const math_node& answer, const math_node& reference, math_work&);

}  // namespace retort::engine
