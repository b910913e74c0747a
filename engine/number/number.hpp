// Exact numbers found in prose: what a model wrote compared with what the reference says, with no
// floating point in between. Pure; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <boost/multiprecision/cpp_int.hpp>

#include "engine/number/number_measure.hpp"
#include "engine/number/number_token.hpp"

namespace retort::engine {

struct number_literal;
struct number_search;

// A rational in lowest terms, and its unit where that is one of the known ones. What is a number
// and what only looks like one is told in number_token.hpp and number_scanner.hpp.
class number {
 public:
  // Reads a whole text as one number: sign, thousands, currency and percent signs (the percent sign
  // is dropped, not divided by), decimals, exponents, powers of numbers, a/b, \frac{a}{b}, mixed
  // numbers, "million" and its like, "x =" before it and a known unit behind it; or the content of
  // its last \boxed{...}, read so. Nothing when anything else is there, or more than one number.
  static std::optional<number> parse(std::string_view text, decimal_sign = decimal_sign::point);

  // The last number in a text that stands for itself; the content of its last \boxed{...}, which
  // must then be one number, when it has one. Where digits stand behind it that are part of
  // something else, there is none. Linear in the text; a text of several lines is read from its
  // last.
  static number_search last_in(std::string_view text, decimal_sign = decimal_sign::point);

  // The values alone.
  friend bool operator==(const number& a, const number& b) {
    return a.small_ == b.small_ && a.large_ == b.large_;
  }
  // The values are at most |tolerance| apart; relative: that many hundredths of b.
  static bool are_close(const number& a, const number& b, const number& tolerance, bool relative);
  // Neither measures something else: 5 and 5 km, but not 5 cm and 5 km, nor 5 m and 5 m^2.
  static bool units_agree(const number& a, const number& b);
  bool is_negative() const;
  std::string to_string() const;  // "42", "-7/3", without a unit
  std::string with_unit() const;  // "42 meter"

 private:
  using rational = boost::multiprecision::cpp_rational;
  explicit number(const number_literal& literal);
  rational value() const { return large_ ? *large_ : rational(small_); }

  // Most are whole numbers of a few digits: those are always here, and large_ is empty.
  std::int64_t small_ = 0;
  std::optional<rational> large_;
  measure unit_;
};

// What a search finds: nothing, digits that are part of something else (`found` alone), a number.
struct number_search {
  bool found = false;
  std::optional<number> value = {};
};

// The content of the last \boxed{...}, braces matched; nothing when there is none or it was cut off
// before its end.
std::optional<std::string_view> last_boxed(std::string_view text);

}  // namespace retort::engine
