// Finds an arithmetic expression in prose and works it out, exactly. Pure; any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace retort::mock {

struct solution {
  std::string_view expression;  // as it stands in the text
  std::string value;            // "8"; a fraction as a decimal, of at most 12 places
};

// The first expression of the text that has an operator: numbers (also 1,234 and 2.5), + - * / and
// the signs × and ÷, parentheses, unary minus. `off_by` is added to the result, for answers meant
// to be wrong. Nothing when there is no expression or it divides by zero.
std::optional<solution> solve(std::string_view text, int off_by = 0);

}  // namespace retort::mock
