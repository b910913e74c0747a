// The plain forms of a number, as digits and ASCII signs write them: 1,234.5e6. What the digits
// are worth is not looked at. Pure; views point into the text; any thread.
#pragma once

#include <optional>
#include <string_view>

namespace retort::engine {

// Which sign stands before the decimals. `comma`: 1.234,56, and 3.5 too, which groups nothing.
enum class decimal_sign { point, comma };

inline constexpr int max_exponent = 1000;

// whole.fraction x 10^exponent, to the power; `whole` still holds its thousands separators.
struct decimal {
  bool negative = false;
  std::string_view whole = {};
  std::string_view fraction = {};
  int exponent = 0;
  std::optional<int> power = {};
};

bool starts_decimal(std::string_view in);  // 5, .5
// Moves past it; `in` starts one. Without its sign and its power.
decimal take_decimal(std::string_view& in, decimal_sign style);

// "-3": a sign and digits, nothing else. Beyond max_exponent it is max_exponent + 1.
std::optional<int> read_integer(std::string_view text);

// Three groups of digits or more with the same one of . - / : between them.
bool starts_chain(std::string_view in);
// 1.234.567, where points group.
bool is_grouped_by_points(std::string_view in);

}  // namespace retort::engine
