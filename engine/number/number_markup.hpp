// The forms that LaTeX and its like have for a number's parts, in the alphabet of number_text.hpp:
// {...}, x_{12}, ^{-3}, **2, the arguments of \frac. Pure; views point into the text; any thread.
#pragma once

#include <optional>
#include <string_view>

#include "engine/number/number_decimal.hpp"

namespace retort::engine {

// x_{12}, \log_2: from the underscore, if there is one.
void take_subscript(std::string_view& in);

bool starts_power(std::string_view in);  // ^, and ** before an operand
// What stands behind it, without what brackets it.
std::string_view take_power(std::string_view& in);

// An argument of \frac: one digit, or a decimal in braces. Moves past what is neither.
std::optional<decimal> take_argument(std::string_view& in, decimal_sign style);

}  // namespace retort::engine
