#include "engine/number/number_scanner.hpp"

#include <algorithm>
#include <array>
#include <boost/algorithm/string/predicate.hpp>
#include <tuple>

#include "engine/number/number_text.hpp"
#include "engine/number/number_units.hpp"

namespace retort::engine {
namespace {

using kind = number_token::kind;
using boost::iequals;

// Brackets in brackets that are looked through, and words that multiply, at most.
constexpr int max_depth = 8;
constexpr int max_multiples = 4;

const number_token nothing{.what = kind::end};

bool is_any(kind what, std::initializer_list<kind> of) {
  return std::ranges::find(of, what) != of.end();
}

bool has_digits(const number_token& one) {
  return is_any(one.what, {kind::number, kind::fraction, kind::odd});
}

// With these beside it, a number is an operand.
bool is_operator(const number_token& one) {
  return is_any(one.what, {kind::times, kind::divide, kind::slash, kind::plus_minus, kind::root,
                           kind::relation, kind::symbol});
}

bool ends_operand(const number_token& one) {
  return has_digits(one) ||
         is_any(one.what, {kind::close, kind::percent, kind::degree, kind::symbol, kind::name});
}

// A letter that mathematics would use, not the article, not the pronoun.
bool is_variable(const number_token& one) {
  return one.what == kind::word && one.text.size() == 1 && one.text[0] != sign::foreign &&
         one.text != "a" && one.text != "A" && one.text != "I";
}

bool is_word(const number_token& one, std::string_view text) {
  return one.what == kind::word && iequals(one.text, text);
}

template <std::size_t N>
bool is_word(const number_token& one, const std::array<std::string_view, N>& words) {
  return std::ranges::any_of(words, [&](auto word) { return is_word(one, word); });
}

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

// A number with what belongs to it: the tokens [begin, end).
struct term {
  std::size_t begin;
  std::size_t end;
  number_literal literal = {};
  bool is_number = false;  // else it only has digits
};

class number_scanner {
 public:
  explicit number_scanner(std::span<const number_token> tokens) : tokens_(tokens) {}

  last_number last();
  std::optional<number_literal> whole();
  // The first token, or the last one, stands for a number that the others may change.
  bool changes_what_is_before() const;
  bool changes_what_is_behind();

 private:
  const number_token& at(std::size_t i) const { return i < tokens_.size() ? tokens_[i] : nothing; }
  // The token before `i`; the one before the first is `nothing`.
  const number_token& before(std::size_t i) const { return i == 0 ? nothing : at(i - 1); }

  term read(std::size_t begin, bool is_money) const;
  void take_ratio(term& to) const;
  void take_power_of_ten(term& to) const;
  void take_mixed(term& to) const;
  void take_multiples(term& to, bool is_money) const;
  void take_unit(term& to) const;
  bool take_unit_word(term& to, std::uint8_t& unit) const;
  void take_more_units(term& to) const;

  std::size_t skip_money(std::size_t begin) const;
  bool is_changed_by_left(term& of) const;
  bool take_sign(term& of) const;
  bool is_argument(std::size_t begin, bool glued) const;
  bool is_changed_by_words(std::size_t begin) const;
  bool is_changed_by_right(std::size_t end) const;
  bool is_part_in_words(std::size_t place) const;
  bool is_changed_by_word(std::size_t at) const;
  bool subtracts(std::size_t at) const;
  bool is_rate(const number_token& below) const;
  bool is_changed(term& of) const;
  bool goes_on(const term& earlier, const term& of) const;
  std::size_t skip(std::size_t place, std::initializer_list<kind> what) const;
  bool is_after_between(const term& of) const;
  bool begins_list(const term& of) const;
  bool ends_line(const term& of) const;
  bool is_one_of_several(const term& earlier, const term& of) const;
  bool has_doubtful_unit(const term& of) const;

  std::span<const number_token> tokens_;
};

term number_scanner::read(std::size_t begin, bool is_money) const {
  term made{begin, begin + 1};
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
  return made;
}

void number_scanner::take_ratio(term& to) const {
  const auto &slash = at(to.end), &below = at(to.end + 1);
  const bool is_ratio = slash.what == kind::slash && below.what == kind::number &&
                        slash.glued == below.glued && !to.literal.numerator.power &&
                        !below.value.power && to.literal.ten == 0;
  if (!is_ratio) return;
  to.literal.denominator = below.value;
  to.end += 2;
}

void number_scanner::take_power_of_ten(term& to) const {
  const auto &times = at(to.end), &ten = at(to.end + 1);
  const bool multiplies = times.what == kind::times || (is_word(times, "x") && !times.is_power);
  const bool is_ten = ten.what == kind::number && ten.value.whole == "10" && ten.value.power &&
                      ten.value.fraction.empty() && ten.value.exponent == 0;
  if (!multiplies || !is_ten || to.literal.numerator.power) return;
  to.literal.ten = *ten.value.power;
  to.end += 2;
}

// The proper fraction that may follow a whole number: " 1/2", "\frac{1}{2}".
void number_scanner::take_mixed(term& to) const {
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

void number_scanner::take_multiples(term& to, bool is_money) const {
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

// A letter attached to digits is a variable as likely as a unit, but for these.
bool is_unit_attached(std::string_view word) {
  return word.size() > 1 || std::string_view("mgshLlVWNJ").find(word) != std::string_view::npos;
}

// The 1990s are no seconds.
bool is_decade(const decimal& d) {
  return is_plain(d) && d.whole.size() == 4 && d.whole.ends_with('0');
}

bool number_scanner::take_unit_word(term& to, std::uint8_t& unit) const {
  const auto& word = at(to.end);
  const bool modified = word.what == kind::word && modifies_unit(word.text);
  const auto& name = at(to.end + (modified ? 1 : 0));
  if (name.what != kind::word || (name.glued && !is_unit_attached(name.text))) return false;
  if (name.glued && name.text == "s" && is_decade(to.literal.numerator)) return false;
  unit = unit_named(name.text);
  if (unit == 0) return false;
  if (modified || name.is_power || unit == counted_thing) unit = 0;
  to.end += modified ? 2 : 1;
  return true;
}

// km/h, dollars per day, N·m
void number_scanner::take_more_units(term& to) const {
  for (int i = 0; i < max_multiples; ++i) {
    term further{to.begin, to.end + 1};
    std::uint8_t ignored = 0;
    const bool joined = at(to.end).what == kind::slash || at(to.end).what == kind::times ||
                        is_word(at(to.end), "per");
    if (!joined || !take_unit_word(further, ignored)) return;
    to.end = further.end;
    to.literal.unit = 0;
  }
}

void number_scanner::take_unit(term& to) const {
  const auto& next = at(to.end);
  std::uint8_t& unit = to.literal.unit;
  if (next.what == kind::word && next.glued && is_ordinal(next.text)) {
    ++to.end;
  } else if (next.what == kind::percent) {
    unit = unit_named("percent");
    ++to.end;
  } else if (next.what == kind::degree || is_word(next, "degrees")) {
    unit = unit_named("degrees");
    ++to.end;
    const auto& scale = at(to.end);
    const bool is_scale = is_word(scale, "C") || is_word(scale, "F") || is_word(scale, "celsius") ||
                          is_word(scale, "fahrenheit");
    if (is_scale) unit = unit_named(scale.text);
    if (is_scale) ++to.end;
  } else if (take_unit_word(to, unit)) {
    take_more_units(to);
  }
}

// Before currency signs and words: $5, US$5, Rs. 500.
std::size_t number_scanner::skip_money(std::size_t begin) const {
  for (;;) {
    const auto& one = before(begin);
    const bool short_form = one.what == kind::dot && begin > 1 &&
                            at(begin - 2).what == kind::word && is_currency(at(begin - 2).text);
    const bool is_money =
        one.what == kind::money || short_form || (one.what == kind::word && is_currency(one.text));
    if (!is_money) return begin;
    --begin;
  }
}

// A sign is one of the number, or says that the number is an operand. Sets `of.begin` before it;
// true in the second case.
bool number_scanner::take_sign(term& of) const {
  const auto& one = before(of.begin);
  if (one.what != kind::minus && one.what != kind::plus) return false;
  const std::size_t place = of.begin - 1;
  const bool apart = !at(of.begin).glued;
  of.begin = place;
  of.literal.negative = one.what == kind::minus;
  std::size_t left = place;
  while (before(left).what == kind::other) --left;
  const auto& operand = before(left);
  if (ends_operand(operand)) return true;
  if (is_any(operand.what, {kind::minus, kind::plus, kind::dash})) return true;
  if (operand.what != kind::word) return false;
  return one.glued || apart || is_variable(operand);
}

// f(3), \log(3), 2(3), √(3): what stands before the bracket takes what is in it.
bool number_scanner::is_argument(std::size_t begin, bool glued) const {
  const auto& function = before(begin);
  if (function.what == kind::word) {
    return takes_number(function.text) || (glued && is_variable(function));
  }
  if (is_any(function.what, {kind::root, kind::symbol})) return true;
  return glued && (has_digits(function) || function.what == kind::close);
}

// 5 of 12, 20% of 50, half of 50
bool is_part(const number_token& one) {
  static constexpr std::array<std::string_view, 7> parts{"half",     "third",   "thirds", "quarter",
                                                         "quarters", "percent", "out"};
  return has_digits(one) || one.what == kind::percent || is_word(one, parts);
}

// "square root of 2", "divided by 2", "3 over 2", "20% of the 50"
bool number_scanner::is_changed_by_words(std::size_t begin) const {
  static constexpr std::array<std::string_view, 9> functions{
      "root", "power", "factorial", "logarithm", "log", "sine", "cosine", "square", "cube"};
  static constexpr std::array<std::string_view, 2> operations{"divided", "multiplied"};
  const bool is_definite = is_word(before(begin), "the") && begin > 1;
  if (is_definite && is_word(before(begin - 1), "of")) --begin;
  const auto& word = before(begin);
  if (word.what != kind::word) return false;
  if (takes_number(word.text) || is_word(word, "pi") || is_word(word, "x")) return true;
  if (begin < 2) return false;
  const auto& earlier = before(begin - 1);
  if (is_word(word, "of")) return is_part(earlier) || is_word(earlier, functions);
  if (is_word(word, "by")) return is_word(earlier, operations);
  return (is_word(word, "over") || is_word(word, "point")) && has_digits(earlier);
}

bool number_scanner::is_changed_by_left(term& of) const {
  const bool glued = at(of.begin).glued;
  if (take_sign(of)) return true;
  of.begin = skip_money(of.begin);
  if (before(of.begin).what == kind::minus || before(of.begin).what == kind::plus) {
    if (of.literal.negative || take_sign(of)) return true;
  }
  if (is_word(before(of.begin), "negative")) {
    of.literal.negative = !of.literal.negative;
    --of.begin;
  }
  std::size_t left = of.begin;
  while (before(left).what == kind::other || before(left).what == kind::money) --left;
  const auto& neighbour = before(left);
  if (neighbour.what == kind::minus || neighbour.what == kind::plus) return left > 1;  // no bullet
  if (is_operator(neighbour) || is_changed_by_words(left)) return true;
  // 2 \frac{3}{2}, \binom{5}{3}, 1,000 000
  if (left == of.begin && has_digits(neighbour)) return true;
  const auto& farther = left > 1 ? before(left - 1) : nothing;
  switch (neighbour.what) {
    case kind::open:
      return is_argument(left - 1, neighbour.glued) ||
             (neighbour.glued && farther.what == kind::dot && farther.glued);  // 0.(3)
    case kind::colon: return neighbour.glued == glued && has_digits(farther);
    case kind::dots: return neighbour.glued == glued && has_digits(farther);
    case kind::degree: return true;  // 5° 30'
    case kind::bar: return of.literal.negative && at(of.begin).glued;
    case kind::dash: return !is_any(farther.what, {kind::word, kind::other});
    default: return false;
  }
}

// A minus behind the number: a range or a difference, if it is no hyphen and no dash.
bool number_scanner::subtracts(std::size_t place) const {
  std::size_t next = place + 1;
  while (at(next).what == kind::money) ++next;
  const auto& one = at(next);
  if (has_digits(one) || is_operator(one) || one.what == kind::open || one.what == kind::name)
    return true;
  const bool hyphen = at(place).glued && one.glued;
  if (!hyphen) return is_variable(one);
  return one.what == kind::word && (one.text.size() == 1 || changes_number(one.text));
}

// half, a half, one-half, three quarters
bool number_scanner::is_part_in_words(std::size_t place) const {
  static constexpr std::array<std::string_view, 8> counts{"a",     "an",   "one",  "two",
                                                          "three", "four", "five", "seven"};
  static constexpr std::array<std::string_view, 12> parts{
      "half",  "third",  "thirds", "quarter", "quarters", "fourth",
      "fifth", "fifths", "sixth",  "eighth",  "eighths",  "fourths"};
  if (is_word(at(place), counts)) ++place;
  if (at(place).what == kind::minus && at(place).glued) ++place;
  return is_word(at(place), parts);
}

bool number_scanner::is_changed_by_word(std::size_t place) const {
  const auto &word = at(place), &next = at(place + 1);
  if (word.text[0] == sign::foreign) return false;
  if (word.is_power || changes_number(word.text) || iequals(word.text, "pi")) return true;
  if (takes_number(word.text)) {
    return has_digits(next) || is_operator(next) || is_variable(next) || next.what == kind::open;
  }
  if (word.glued) return word.text.size() <= 2;
  if (is_word(word, "and")) return is_part_in_words(place + 1);
  if (is_word(word, "to")) return is_word(next, "the") && is_word(at(place + 2), "power");
  if (is_word(word, "over")) return is_variable(next);
  return is_variable(word);
}

bool number_scanner::is_changed_by_right(std::size_t end) const {
  const auto &one = at(end), &next = at(end + 1);
  if (one.what == kind::slash) return !is_rate(next);
  if (is_operator(one) || one.what == kind::plus || one.what == kind::fraction) return true;
  switch (one.what) {
    case kind::bang: return one.glued;
    case kind::minus: return subtracts(end);
    case kind::dash: return has_digits(next);
    case kind::colon: return one.glued == next.glued && has_digits(next);
    case kind::dots: return one.glued == next.glued && has_digits(next);
    case kind::word: return is_changed_by_word(end);
    case kind::open:
      return one.glued && (has_digits(next) || is_operator(next) || is_variable(next) ||
                           next.what == kind::minus);
    default: return false;
  }
}

// $3/month
bool number_scanner::is_rate(const number_token& below) const {
  return below.what == kind::word && below.text.size() > 1 && !takes_number(below.text) &&
         !iequals(below.text, "pi");
}

// Beside what it stands in: brackets around it alone are looked through.
bool number_scanner::is_changed(term& of) const {
  const bool goes_on = at(of.end).what == kind::dots && at(of.end).glued;
  if (goes_on && !of.literal.numerator.fraction.empty()) return true;  // 0.333...
  for (int depth = 0; depth < max_depth; ++depth) {
    if (is_changed_by_left(of) || is_changed_by_right(of.end)) return true;
    const bool bracketed = before(of.begin).what == kind::open && at(of.end).what == kind::close;
    if (!bracketed) return false;
    --of.begin;
    ++of.end;
    const auto& outside = before(of.begin);
    if (is_any(outside.what, {kind::minus, kind::plus})) return true;
  }
  return true;
}

// 5 feet 10 inches, 3 dollars and 50 cents: the last of them is no amount of its own.
bool number_scanner::goes_on(const term& earlier, const term& of) const {
  const std::uint8_t first = earlier.literal.unit, second = of.literal.unit;
  const bool preposition = is_word(before(earlier.end), "in");
  if (first == 0 || second == 0 || first == second || preposition) return false;
  std::size_t between = earlier.end;
  if (at(between).what == kind::comma) ++between;
  if (is_word(at(between), "and")) ++between;
  while (at(between).what == kind::money) ++between;
  return between == of.begin;
}

std::size_t number_scanner::skip(std::size_t place, std::initializer_list<kind> what) const {
  while (is_any(at(place).what, what)) ++place;
  return place;
}

bool is_same_text(const number_literal& one, const number_literal& other) {
  return one.numerator.whole == other.numerator.whole &&
         one.numerator.fraction == other.numerator.fraction;
}

// The same number again, or another way to write one: 1/2 or 0.5, 0.5 or 50%.
bool is_restated(const number_literal& one, const number_literal& other) {
  const auto form = [](const number_literal& of) {
    return std::tuple(of.denominator.has_value(), of.numerator.power.has_value(), of.ten, of.times);
  };
  static const std::uint8_t percent = unit_named("percent");
  return is_same_text(one, other) || form(one) != form(other) ||
         (one.unit == percent) != (other.unit == percent);
}

bool number_scanner::is_after_between(const term& of) const {
  std::size_t left = of.begin;
  while (is_any(before(left).what, {kind::money, kind::other, kind::minus})) --left;
  return is_word(before(left), "between");
}

// Nothing but "x =", a colon or "are" leads to the first of a list.
bool number_scanner::begins_list(const term& of) const {
  static constexpr std::array<std::string_view, 3> verbs{"is", "are", "be"};
  std::size_t left = of.begin;
  while (is_any(before(left).what, {kind::money, kind::other, kind::minus})) --left;
  return is_any(before(left).what, {kind::end, kind::equals, kind::colon, kind::comma}) ||
         is_word(before(left), verbs);
}

bool number_scanner::ends_line(const term& of) const {
  return skip(of.end, {kind::dot, kind::other, kind::money, kind::close}) == tokens_.size();
}

// 3 to 5, x = 3 or x = 5, between 3 and 5, "3, 5": none of them is the one that the text says.
bool number_scanner::is_one_of_several(const term& earlier, const term& of) const {
  static constexpr std::array<std::string_view, 8> ranges{"to", "through", "until",  "till",
                                                          "by", "per",     "versus", "vs"};
  if (earlier.end == 0) return false;
  const std::uint8_t first = earlier.literal.unit, second = of.literal.unit;
  if (first != 0 && second != 0 && first != second) return false;
  std::size_t place = skip(earlier.end, {kind::other, kind::money});
  const bool listed = at(place).what == kind::comma || before(place).text == ";";
  const bool added = before(place).text == "&";
  if (at(place).what == kind::comma) ++place;
  const auto& unit = before(earlier.end);
  const bool is_bare = unit.what != kind::word;
  const bool is_scaled = !is_bare && !multiple_named(unit.text).is_one();  // 4 thousand 500
  const auto& joint = at(place);
  if (is_word(joint, ranges)) {
    place += at(place + 1).what == kind::dot ? 2 : 1;
  } else if (is_word(joint, "or")) {
    if (is_restated(earlier.literal, of.literal)) return false;
    place = skip(place + 1, {kind::money, kind::other});
    if (at(place + 1).what == kind::equals) place += 2;
  } else if (is_word(joint, "and") || added) {
    if (!is_bare && !is_scaled && !is_after_between(earlier)) return false;
    if (is_same_text(earlier.literal, of.literal)) return false;
    if (!added) ++place;
  } else if (!is_scaled && (!listed || !is_bare || !begins_list(earlier) || !ends_line(of))) {
    return false;
  }
  return skip(place, {kind::other, kind::money, kind::minus, kind::plus}) == of.begin;
}

// In prose a short word may be a word: "5 in all".
bool number_scanner::has_doubtful_unit(const term& of) const {
  const auto& last = before(of.end);
  if (last.what != kind::word || last.glued) return false;
  return is_word(last, "a") || is_word(last, "in") || is_word(last, "us");
}

last_number number_scanner::last() {
  enum { none, opened, listed, comma } list = none;  // (3, 5): no 5
  last_number found;
  term earlier{0, 0};
  for (std::size_t i = 0; i < tokens_.size();) {
    const auto& one = tokens_[i];
    const bool in_list = list == opened || list == comma;
    if (has_digits(one)) {
      term read_here = read(i, skip_money(i) != i);
      const bool compound = goes_on(earlier, read_here) || is_one_of_several(earlier, read_here);
      earlier = read_here;
      const bool in_tuple =
          list == comma || (list == opened && at(earlier.end).what == kind::comma &&
                            is_variable(at(earlier.end + 1)));
      const bool changed = !read_here.is_number || in_tuple || is_changed(read_here);
      found = {true, changed || compound ? std::nullopt : std::optional(read_here.literal)};
      if (found.literal && has_doubtful_unit(earlier)) found.literal->unit = 0;
      list = in_list ? listed : none;
      i = earlier.end;
      continue;
    }
    if (one.what == kind::open)
      list = opened;
    else if (one.what == kind::comma)
      list = list == listed ? comma : none;
    else if (is_variable(one))
      list = in_list ? listed : none;
    else if (!is_any(one.what, {kind::minus, kind::plus, kind::money, kind::symbol, kind::root}))
      list = none;
    ++i;
  }
  return found;
}

bool number_scanner::changes_what_is_before() const {
  const term box = read(0, false);
  const number_literal& read_on = box.literal;
  return at(0).what != kind::number || read_on.numerator.whole != "1" ||
         !read_on.numerator.fraction.empty() || read_on.numerator.power || read_on.denominator ||
         read_on.ten != 0 || read_on.times != 1 ||
         (at(box.end).what != kind::bang && is_changed_by_right(box.end));
}

bool number_scanner::changes_what_is_behind() {
  if (tokens_.empty() || tokens_.back().what != kind::number) return true;
  const auto box = last().literal;
  const bool is_bullet = tokens_.size() == 2 && !tokens_.back().glued;
  return !box || box->denominator || !box->mixed.empty() || box->ten != 0 ||
         (box->negative && !is_bullet);
}

std::optional<number_literal> number_scanner::whole() {
  std::size_t i = 0, open = 0;
  bool is_money = false, is_negative = false;
  const auto skip_wrapping = [&] {
    for (;; ++i) {
      const bool named = at(i).what == kind::word && is_currency(at(i).text);
      const bool short_form = i > 0 && at(i).what == kind::dot && is_currency(at(i - 1).text);
      is_money |= at(i).what == kind::money || named;
      open += at(i).what == kind::open;
      const bool wraps = is_any(at(i).what, {kind::other, kind::open, kind::money});
      if (!wraps && !named && !short_form) return;
    }
  };
  skip_wrapping();
  const bool named = at(i + 1).what == kind::equals && !at(i).is_power &&
                     is_any(at(i).what, {kind::word, kind::name, kind::symbol});
  if (named) ++i;
  if (at(i).what == kind::equals) ++i;
  skip_wrapping();
  if (at(i).what == kind::minus || at(i).what == kind::plus) {
    is_negative = at(i++).what == kind::minus;
    skip_wrapping();
    if (is_any(before(i).what, {kind::open, kind::other})) return std::nullopt;
  }
  if (!has_digits(at(i))) return std::nullopt;
  term found = read(i, is_money);
  if (!found.is_number) return std::nullopt;
  for (i = found.end; i < tokens_.size(); ++i) {
    if (at(i).what == kind::close && open-- == 0) return std::nullopt;
    if (!is_any(at(i).what, {kind::other, kind::money, kind::dot, kind::close}))
      return std::nullopt;
  }
  if (open != 0) return std::nullopt;
  found.literal.negative = is_negative;
  return found.literal;
}

}  // namespace

bool changes_box_before(std::span<const number_token> line) {
  return number_scanner(line).changes_what_is_before();
}

bool changes_box_behind(std::span<const number_token> line) {
  return number_scanner(line).changes_what_is_behind();
}

last_number find_last_number(std::span<const number_token> line) {
  return number_scanner(line).last();
}

std::optional<number_literal> read_whole_number(std::span<const number_token> text) {
  return number_scanner(text).whole();
}

}  // namespace retort::engine
