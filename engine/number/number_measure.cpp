#include "engine/number/number_measure.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <string_view>

#include "engine/number/number_units.hpp"

namespace retort::engine {
namespace {

constexpr int max_power = 9;

// One word for two units, and the power of the second.
struct pair_of_units {
  std::uint8_t name, first, second;
  int power;
};
const std::array<pair_of_units, 3>& pairs_of_units() {
  static const std::array<pair_of_units, 3> pairs{{
      {unit_named("mph"), unit_named("mile"), unit_named("hour"), -1},
      {unit_named("kph"), unit_named("km"), unit_named("hour"), -1},
      {unit_named("kwh"), unit_named("kilowatt"), unit_named("hour"), 1},
  }};
  return pairs;
}

bool is_currency_unit(std::uint8_t unit) {
  static const std::array currencies{unit_named("dollars"), unit_named("euros"),
                                     unit_named("pounds"),  unit_named("yen"),
                                     unit_named("rupees"),  unit_named("francs")};
  return std::ranges::find(currencies, unit) != currencies.end();
}

bool is_thing(std::uint8_t unit) {
  static const std::array things{unit_named("unit"),    unit_named("item"), unit_named("piece"),
                                 unit_named("point"),   unit_named("mark"), unit_named("child"),
                                 unit_named("student"), unit_named("time"), unit_named("person"),
                                 unit_named("way"),     unit_named("step"), unit_named("page")};
  return std::ranges::find(things, unit) != things.end();
}

// Pounds may be weighed.
bool counts(std::uint8_t unit) {
  static const std::array money{some_money,           unit_named("dollars"), unit_named("cents"),
                                unit_named("euros"),  unit_named("yen"),     unit_named("rupees"),
                                unit_named("francs"), unit_named("pence")};
  return is_thing(unit) || std::ranges::find(money, unit) != money.end();
}

bool is_of_calendar(std::uint8_t unit) {
  static const std::array spans{unit_named("day"), unit_named("week"), unit_named("month"),
                                unit_named("year")};
  return std::ranges::find(spans, unit) != spans.end();
}

std::string raised(std::uint8_t unit, int power) {
  return power == 1 ? std::string(name_of_unit(unit))
                    : fmt::format("{}^{}", name_of_unit(unit), power);
}

}  // namespace

bool measure::multiply(std::uint8_t unit, int power) {
  for (const auto& [name, first, second, power_of_second] : pairs_of_units()) {
    if (unit == name) return multiply(first, power) && multiply(second, power * power_of_second);
  }
  if (unit == 0 || unit == counted_thing) return true;
  auto at = std::ranges::find(factors_, unit, &factor::unit);
  if (at == factors_.end()) at = std::ranges::find(factors_, 0, &factor::unit);
  if (at == factors_.end() || std::abs(at->power + power) > max_power) return false;
  *at = {unit, static_cast<std::int8_t>(at->power + power)};
  if (at->power == 0) *at = {};
  std::ranges::sort(factors_, std::ranges::greater(), &factor::unit);
  return true;
}

bool measure::is(std::uint8_t unit) const { return factors_ == measure(unit).factors_; }

measure measure::part(int sign) const {
  measure made;
  for (const auto& [unit, power] : factors_) {
    if (power * sign > 0) made.multiply(unit, power);
  }
  return made;
}

bool measure::only_counts() const {
  return std::ranges::all_of(factors_,
                             [](const factor& one) { return one.power <= 0 || counts(one.unit); });
}

// Of the hours per week, the liters per person; a speed is none.
bool measure::may_be_left_out() const {
  return std::ranges::all_of(factors_, [](const factor& one) {
    return one.unit == 0 || (one.power == -1 && (is_of_calendar(one.unit) || is_thing(one.unit)));
  });
}

// $ of dollars, units of square units.
bool measure::is_less_exact(const measure& than) const {
  static const auto units = unit_named("unit");
  const auto& [unit, power] = than.factors_[0];
  if (than.factors_[1].unit != 0) return false;
  return is(some_money) ? power == 1 && is_currency_unit(unit) : is(units) && unit == units;
}

bool measure::have_one_numerator(const measure& one, const measure& other) {
  const measure a = one.part(1), b = other.part(1);
  if (a.is_none() || b.is_none() || a.factors_ == b.factors_) return true;
  return a.is_less_exact(b) || b.is_less_exact(a);
}

bool measure::have_one_rate(const measure& one, const measure& other) {
  const measure a = one.part(-1), b = other.part(-1);
  if (a.factors_ == b.factors_) return true;
  if (!a.is_none() && !b.is_none()) return false;
  if ((a.is_none() ? other : one).is_loose_ || (one.only_counts() && other.only_counts()))
    return true;
  return one.has_numerator() && other.has_numerator() && a.may_be_left_out() && b.may_be_left_out();
}

bool measure::agree(const measure& one, const measure& other) {
  if (one.is_none() || other.is_none()) return true;
  return have_one_numerator(one, other) && have_one_rate(one, other);
}

std::string measure::behind(std::string number) const {
  if (is_none()) return number;
  if (is(some_money)) return number + " $";
  std::string above, below;
  for (const auto& [unit, power] : factors_) {
    if (unit == some_money) number.insert(0, "$");
    if (power > 0 && unit != some_money)
      above.append(above.empty() ? " " : "*").append(raised(unit, power));
    if (power < 0)
      below.append(is_loose_ && below.empty() ? " a " : "/").append(raised(unit, -power));
  }
  return number + above + below;
}

}  // namespace retort::engine
