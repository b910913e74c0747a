// The words beside a number: those that only say what it counts, those that multiply it, and those
// that make it part of something else. ASCII, whatever the case except where letters tell units
// apart (m, M). Pure; any thread.
#pragma once

#include <cstdint>
#include <string_view>

namespace retort::engine {

// A unit by any of its names: "km", "kilometre", "kilometers" are one, never 0. `counted_thing` for
// what people count ("apples"), 0 for a word that is no known unit.
inline constexpr std::uint8_t counted_thing = 255;
std::uint8_t unit_named(std::string_view word);
// One of its names; "" for what is none and for what is only counted.
std::string_view name_of_unit(std::uint8_t unit);
// What a currency sign says, any of them: it agrees with every currency, and no cent and no mile.
inline constexpr std::uint8_t some_money = 254;
// "square", "cubic": a unit follows, which is raised to that; 0 for any other word.
int power_before_unit(std::string_view word);
bool modifies_unit(std::string_view word);
// The same of "squared" and "cubed" behind it.
int power_behind_unit(std::string_view word);
// "USD", "Rs", which may also stand before the number.
bool is_currency(std::string_view word);

// What "million" or "dozen" multiplies by: times * 10^ten. {1, 0} for any other word.
struct multiple {
  int times = 1;
  int ten = 0;
  bool is_one() const { return times == 1 && ten == 0; }
};
multiple multiple_named(std::string_view word);
// The same for letters attached to the digits: 5k, and after a currency sign 5M, 5B.
multiple multiple_attached(std::string_view letters, bool is_money);

// st, nd, rd, th
bool is_ordinal(std::string_view letters);
// Words before a number that take it as an argument: sqrt, log, mod, plus.
bool takes_number(std::string_view word);
// Words behind a number that change it: squared, factorial, thirds.
bool changes_number(std::string_view word);

}  // namespace retort::engine
