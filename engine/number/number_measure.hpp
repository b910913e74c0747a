// What a number measures: units, each with its exponent: km, m^2, km/h, m/s^2. Pure; any thread.
#pragma once

#include <array>
#include <cstdint>
#include <string>

namespace retort::engine {

class measure {
 public:
  // None: nothing was said, or only what is counted.
  measure() = default;
  explicit measure(std::uint8_t unit) { multiply(unit, 1); }  // number_units.hpp

  // By that unit to that power; mph and its like are two units. False where nobody measures so.
  bool multiply(std::uint8_t unit, int power);
  // "60 miles a day": the day may as well be left out.
  void tell_rate_loosely() { is_loose_ = true; }
  bool is_none() const { return factors_[0].unit == 0; }
  bool is(std::uint8_t unit) const;
  bool has_numerator() const { return !part(1).is_none(); }

  // One of them is none, or they are the same: 5 and 5 km, but not 5 cm and 5 km, 5 m and 5 m^2.
  // A rate may be left out of money and of what only counts: $5 and $5 per day; and of whatever is
  // measured per day, week, month, year or thing: 40 hours per week.
  static bool agree(const measure& one, const measure& other);

  // "5 meter^2", "$5/hour": as number_term.hpp reads it.
  std::string behind(std::string number) const;

 private:
  struct factor {
    std::uint8_t unit = 0;
    std::int8_t power = 0;
    friend bool operator==(const factor&, const factor&) = default;
  };

  static bool have_one_numerator(const measure& one, const measure& other);
  static bool have_one_rate(const measure& one, const measure& other);
  measure part(int sign) const;  // the numerator, the rate
  bool only_counts() const;
  bool may_be_left_out() const;                   // of a rate
  bool is_less_exact(const measure& than) const;  // of numerators

  std::array<factor, 4> factors_ = {};  // by their units; what is none behind all
  bool is_loose_ = false;
};

}  // namespace retort::engine
