#include "engine/number/number_term.hpp"

#include <algorithm>

#include "engine/number/number_units.hpp"

namespace retort::engine {
namespace {

// Words that multiply, or units of one unit, at most.
constexpr int max_multiples = 4;
constexpr int max_unit_power = 100;  // more than a measure takes

bool is_zero(const decimal& d) {
  constexpr std::string_view significant = "123456789";
  return d.whole.find_first_of(significant) == std::string_view::npos &&
         d.fraction.find_first_of(significant) == std::string_view::npos;
}

// Hostile text must not buy arithmetic.
bool is_bounded(const decimal& d) {
  const std::size_t digits = d.whole.size() + d.fraction.size();
  if (digits > max_number_bytes || d.exponent > max_exponent || d.exponent < -max_exponent)
    return false;
  if (!d.power) return true;
  const auto power = static_cast<std::size_t>(std::abs(*d.power));
  if (*d.power <= 0 && is_zero(d)) return false;
  return (digits + static_cast<std::size_t>(std::abs(d.exponent))) * power <= max_number_bytes;
}

bool is_usable(const number_literal& found) {
  if (found.mixed.size() > max_number_bytes || !is_bounded(found.numerator)) return false;
  if (std::abs(found.ten) > max_exponent) return false;
  return !found.denominator || (is_bounded(*found.denominator) && !is_zero(*found.denominator));
}

bool is_plain(const decimal& d) {
  return !d.negative && d.fraction.empty() && d.exponent == 0 && !d.power;
}

bool is_less(std::string_view a, std::string_view b) {
  a.remove_prefix(std::min(a.find_first_not_of('0'), a.size()));
  b.remove_prefix(std::min(b.find_first_not_of('0'), b.size()));
  return a.size() != b.size() ? a.size() < b.size() : a < b;
}

bool is_proper(const decimal& part, const decimal& of) {
  return is_plain(part) && is_plain(of) && is_less(part.whole, of.whole);
}

// A letter attached to digits is a variable as likely as a unit, but for these.
bool is_unit_attached(std::string_view word) {
  return word.size() > 1 || std::string_view("mgshLlVWNJ").find(word) != std::string_view::npos;
}

// m2, cm3, where nobody could write m²
bool is_length_raised(std::string_view word) {
  static constexpr std::array<std::string_view, 10> lengths{"mm", "cm", "dm", "m",  "km",
                                                            "in", "ft", "yd", "mi", "s"};
  if (!word.ends_with('2') && !word.ends_with('3')) return false;
  return std::ranges::find(lengths, word.substr(0, word.size() - 1)) != lengths.end();
}

// The 1990s are no seconds.
bool is_decade(const decimal& d) {
  return is_plain(d) && d.whole.size() == 4 && d.whole.ends_with('0');
}

}  // namespace

number_term number_term_reader::read(std::size_t begin, bool is_money) const {
  number_term made{begin, begin + 1};
  const number_token& first = at(begin);
  if (first.what == kind::odd) return made;
  made.literal.numerator = first.value;
  if (first.what == kind::fraction) {
    made.literal.denominator = first.over;
  } else {
    take_power_of_ten(made);
    take_ratio(made);
    take_mixed(made);
  }
  made.is_number = is_usable(made.literal);
  take_multiples(made, is_money);
  take_unit(made);
  const bool is_formula = at(made.end).what == kind::money;  // $5$
  if (is_money && !made.literal.unit.has_numerator() && !is_formula)
    made.literal.unit.multiply(some_money, 1);
  return made;
}

void number_term_reader::take_ratio(number_term& to) const {
  const auto &slash = at(to.end), &below = at(to.end + 1);
  const bool is_ratio = slash.what == kind::slash && below.what == kind::number &&
                        slash.glued == below.glued && !to.literal.numerator.power &&
                        !below.value.power && to.literal.ten == 0;
  if (!is_ratio) return;
  to.literal.denominator = below.value;
  to.end += 2;
}

void number_term_reader::take_power_of_ten(number_term& to) const {
  const auto &times = at(to.end), &ten = at(to.end + 1);
  const bool multiplies = times.what == kind::times || (is_word(times, "x") && !times.is_power);
  const bool is_ten = ten.what == kind::number && ten.value.whole == "10" && ten.value.power &&
                      ten.value.fraction.empty() && ten.value.exponent == 0;
  if (!multiplies || !is_ten || to.literal.numerator.power) return;
  to.literal.ten = *ten.value.power;
  to.end += 2;
}

// The proper fraction that may follow a whole number: " 1/2", "\frac{1}{2}".
void number_term_reader::take_mixed(number_term& to) const {
  number_literal& literal = to.literal;
  if (literal.denominator || literal.ten != 0 || !is_plain(literal.numerator)) return;
  const auto &first = at(to.end), &slash = at(to.end + 1), &below = at(to.end + 2);
  if (first.what == kind::fraction && is_proper(first.value, first.over)) {
    literal = {
        .mixed = literal.numerator.whole, .numerator = first.value, .denominator = first.over};
    to.end += 1;
  }
  const bool is_ratio = first.what == kind::number && slash.what == kind::slash && slash.glued &&
                        below.what == kind::number && below.glued &&
                        is_proper(first.value, below.value) && at(to.end + 3).what != kind::slash;
  if (!is_ratio) return;
  literal = {
      .mixed = literal.numerator.whole, .numerator = first.value, .denominator = below.value};
  to.end += 3;
}

void number_term_reader::take_multiples(number_term& to, bool is_money) const {
  for (int i = 0; i < max_multiples; ++i) {
    const bool hyphen = at(to.end).what == kind::minus && at(to.end).glued && at(to.end + 1).glued;
    const auto& word = at(to.end + (hyphen ? 1 : 0));
    if (word.what != kind::word) return;
    const multiple what = word.glued && i == 0 && !hyphen ? multiple_attached(word.text, is_money)
                                                          : multiple_named(word.text);
    if (what.is_one()) return;
    to.literal.times *= what.times;
    to.literal.ten += what.ten;
    to.end += hyphen ? 2 : 1;
  }
}

// km, m^2, "square meters", m2, "meters squared"
bool number_term_reader::take_unit_word(number_term& to, int sign) const {
  std::size_t place = to.end;
  int power = at(place).what == kind::word ? power_before_unit(at(place).text) : 0;
  if (power != 0) ++place;
  if (power != 0 && at(place).what == kind::dot && at(place).glued) ++place;  // sq. ft
  power = std::max(power, 1);
  const auto& name = at(place);
  std::string_view word = name.text;
  if (name.what == kind::name && is_length_raised(word)) {
    power *= word.back() - '0';
    word.remove_suffix(1);
  } else if (name.what != kind::word || (name.glued && !is_unit_attached(word))) {
    return false;
  }
  if (name.glued && word == "s" && is_decade(to.literal.numerator)) return false;
  const auto unit = unit_named(word);
  if (unit == 0 || (name.is_power && !name.value.power)) return false;
  if (name.is_power) power *= std::clamp(*name.value.power, -max_unit_power, max_unit_power);
  const auto& behind = at(++place);
  if (unit != counted_thing && behind.what == kind::word && power_behind_unit(behind.text) != 0) {
    power *= power_behind_unit(behind.text);
    ++place;
  }
  if (!to.literal.unit.multiply(unit, sign * power)) return false;
  to.end = place;
  return true;
}

// km/h, dollars per day, N·m, miles an hour; 5/hour, but not 5/m, where m may be anything.
number_term_reader::joint number_term_reader::joint_behind(const number_term& of) const {
  static constexpr std::array<std::string_view, 4> loosely{"a", "an", "each", "every"};
  const auto& one = at(of.end);
  if (one.what == kind::times) return joint::multiplies;
  if (is_word(one, "per")) return joint::divides;
  if (is_word(one, loosely))
    return is_word(before(of.end), "in") ? joint::none : joint::divides_loosely;
  const bool is_attached = before(of.end).what == kind::word || at(of.end + 1).text.size() > 1;
  return one.what == kind::slash && is_attached ? joint::divides : joint::none;
}

void number_term_reader::take_more_units(number_term& to) const {
  for (int i = 0; i < max_multiples; ++i) {
    const joint how = joint_behind(to);
    number_term further{to.begin, to.end + 1, to.literal};
    if (how == joint::none || !take_unit_word(further, how == joint::multiplies ? 1 : -1)) return;
    to.end = further.end;
    to.literal.unit = further.literal.unit;
    if (how == joint::divides_loosely) to.literal.unit.tell_rate_loosely();
  }
}

void number_term_reader::take_unit(number_term& to) const {
  const auto& next = at(to.end);
  if (next.what == kind::word && next.glued && is_ordinal(next.text)) {
    ++to.end;
  } else if (next.what == kind::percent) {
    to.literal.unit = measure(unit_named("percent"));
    ++to.end;
  } else if (is_word(next, "per") && is_word(at(to.end + 1), "cent")) {
    to.literal.unit = measure(unit_named("percent"));
    to.end += 2;
  } else if (next.what == kind::degree || is_word(next, "degrees")) {
    take_degrees(to);
  } else if (take_unit_word(to, 1) || is_word(next, "per") || next.what == kind::slash) {
    take_more_units(to);
  }
}

void number_term_reader::take_degrees(number_term& to) const {
  static constexpr std::array<std::string_view, 4> scales{"C", "F", "celsius", "fahrenheit"};
  const auto& scale = at(++to.end);
  const bool is_scale = is_word(scale, scales);
  to.literal.unit = measure(unit_named(is_scale ? scale.text : "degrees"));
  if (is_scale) ++to.end;
}

}  // namespace retort::engine
