// Exact numbers found in prose: what a model wrote compared with what the reference says, with no
// floating point in between. Pure; any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <boost/multiprecision/cpp_int.hpp>

namespace retort::engine {

// A rational in lowest terms.
class number {
 public:
  // Reads a whole text as one number: sign, thousands separators, currency and percent signs (the
  // percent sign is dropped, not divided by), decimals, exponents, fractions a/b, \frac{a}{b},
  // mixed numbers, \boxed{...} with nested braces, trailing units. Nothing when the text holds no
  // number or more than one.
  static std::optional<number> parse(std::string_view text);

  // The last number in a text; the content of its last \boxed{...} when it has one.
  static std::optional<number> last_in(std::string_view text);

  friend bool operator==(const number&, const number&) = default;
  std::string to_string() const;  // "42", "-7/3"

 private:
  explicit number(boost::multiprecision::cpp_rational value) : value_(std::move(value)) {}
  boost::multiprecision::cpp_rational value_;
};

// The content of the last \boxed{...}, braces matched; nothing when there is none.
std::optional<std::string_view> last_boxed(std::string_view text);

}  // namespace retort::engine
