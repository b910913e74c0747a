// A number with all that belongs to it where it stands: "1 1/2", "3 x 10^8", "5 million dollars",
// "90° C". Pure; views point into the tokens' text; any thread.
#pragma once

#include <optional>
#include <string_view>

#include "engine/number/number_line.hpp"
#include "engine/number/number_measure.hpp"

namespace retort::engine {

inline constexpr std::size_t max_number_bytes = 1000;  // of one decimal, separators included

// sign (mixed + numerator / denominator) * times * 10^ten
struct number_literal {
  bool negative = false;
  std::string_view mixed = {};  // the 1 of "1 1/2"
  decimal numerator = {};
  std::optional<decimal> denominator = {};  // not zero
  int ten = 0;                              // of "3 x 10^8", "1.5 million"
  int times = 1;                            // "2 dozen"
  measure unit = {};
};

// The tokens [begin, end).
struct number_term {
  std::size_t begin;
  std::size_t end;
  number_literal literal = {};
  bool is_number = false;  // else it only has digits
};

class number_term_reader : number_line {
 public:
  using number_line::number_line;

  // The term at a token that has digits, without what stands before it.
  number_term read(std::size_t begin, bool is_money) const;

 private:
  // Of one unit and the next.
  enum class joint { none, multiplies, divides, divides_loosely };

  void take_ratio(number_term& to) const;
  void take_power_of_ten(number_term& to) const;
  void take_mixed(number_term& to) const;
  void take_multiples(number_term& to, bool is_money) const;
  void take_unit(number_term& to) const;
  bool take_unit_word(number_term& to, int sign) const;
  joint joint_behind(const number_term& of) const;
  void take_more_units(number_term& to) const;
  void take_degrees(number_term& to) const;
};

}  // namespace retort::engine
