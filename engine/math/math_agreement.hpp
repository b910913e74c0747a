// Whether two formulas have one value: exactly where both are rational, else by numbers of 60
// digits, at several points where there are variables. Pure; any thread.
#pragma once

#include <string>

#include "engine/math/math_node.hpp"
#include "engine/math/math_value.hpp"

namespace retort::engine {

// Decimals are exact, but one of 15 significant digits or more is what floating point prints: it is
// the same as what it was rounded from. Where one of them is not defined, or too seldom, they are
// not the same.
bool have_one_value(const math_node& one, const math_node& other, math_work&);

// one = factor * other wherever both are defined, the factor is a number, and not 0; with
// `positive` it must be above 0.
bool are_proportional(const math_node& one, const math_node& other, bool positive, math_work&);

bool has_variables(const math_node&);

}  // namespace retort::engine
