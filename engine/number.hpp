// Exact numbers found in prose: what a model wrote compared with what the reference says, with no
// floating point in between. Pure; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <boost/multiprecision/cpp_int.hpp>

namespace retort::engine {

struct number_literal;

// Whether the words around a number are dropped or make it none: "18 dollars", "x = 5".
enum class units { dropped, refused };

// A rational in lowest terms. What is written like a number and what only looks like one is told in
// number_scanner.hpp.
class number {
 public:
  // Reads a whole text as one number: sign, thousands separators, currency and percent signs (the
  // percent sign is dropped, not divided by), decimals, exponents, fractions a/b, \frac{a}{b},
  // mixed numbers, \boxed{...} with nested braces, words around it. Nothing when the text holds no
  // number or more than one.
  static std::optional<number> parse(std::string_view text, units = units::dropped);

  // The last number in a text; the content of its last \boxed{...}, which must then be one number,
  // when it has one. Linear in the text; a text of several lines is read from its last.
  static std::optional<number> last_in(std::string_view text);

  friend bool operator==(const number&, const number&) = default;
  std::string to_string() const;  // "42", "-7/3"

 private:
  using rational = boost::multiprecision::cpp_rational;
  explicit number(const number_literal& literal);

  // Most are whole numbers of a few digits: those are always here, and large_ is empty.
  std::int64_t small_ = 0;
  std::optional<rational> large_;
};

// The content of the last \boxed{...}, braces matched; nothing when there is none or it was cut off
// before its end.
std::optional<std::string_view> last_boxed(std::string_view text);

}  // namespace retort::engine
