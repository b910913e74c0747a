#include "engine/number/number_context.hpp"

#include "engine/number/number_units.hpp"

namespace retort::engine {
namespace {

constexpr int max_depth = 8;  // of brackets that are looked through

// 5 of 12, 20% of 50, half of 50
bool is_part(const number_token& one) {
  static constexpr std::array<std::string_view, 7> parts{"half",     "third",   "thirds", "quarter",
                                                         "quarters", "percent", "out"};
  return has_digits(one) || one.what == number_token::kind::percent || is_word(one, parts);
}

}  // namespace

// A sign is one of the number, or says that the number is an operand. Sets `of.begin` before it;
// true in the second case.
bool number_context::take_sign(number_term& of) const {
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
bool number_context::is_argument(std::size_t begin, bool glued) const {
  const auto& function = before(begin);
  if (function.what == kind::word) {
    return takes_number(function.text) || (glued && is_variable(function));
  }
  if (is_any(function.what, {kind::root, kind::symbol})) return true;
  return glued && (has_digits(function) || is_any(function.what, {kind::close, kind::name}));
}

// more than 5, mayor a 5; "no more than 5" and "at least 5" are often said of just 5
bool number_context::is_bounded_by_words(std::size_t begin) const {
  static constexpr std::array<std::string_view, 2> denials{"no", "not"};
  static constexpr std::array<std::string_view, 11> compared{
      "more",   "less",    "fewer", "greater", "larger", "bigger",
      "higher", "smaller", "lower", "plus",    "minus"};
  const auto& word = before(begin);
  if (is_word(word, "beyond")) return true;
  if (begin < 2 || !is_word(before(begin - 1), compared)) return false;
  if (is_word(word, "than")) return begin < 3 || !is_word(before(begin - 2), denials);
  static constexpr std::array<std::string_view, 3> plain{"more", "less", "fewer"};
  const bool says_of = word.is_translated || is_word(before(begin - 1), plain);
  return (is_word(word, "of") && says_of) ||
         (is_word(word, "a") && before(begin - 1).is_translated);
}

// "square root of 2", "divided by 2", "3 over 2", "20% of the 50"
bool number_context::is_changed_by_words(std::size_t begin) const {
  static constexpr std::array<std::string_view, 13> functions{
      "root",   "power", "factorial",  "logarithm", "log",      "sine",    "cosine",
      "square", "cube",  "reciprocal", "inverse",   "opposite", "negative"};
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
  if (is_word(word, "over") && (is_variable(earlier) || is_word(earlier, "pi"))) return true;
  static constexpr std::array<std::string_view, 5> joints{"over", "point", "remainder", "rem", "r"};
  const bool with = is_word(earlier, "with") && begin > 2;
  return is_word(word, joints) && has_digits(with ? before(begin - 2) : earlier);
}

// $ and a second sign, "negative". True where a sign says that the number is an operand.
bool number_context::take_words_before(number_term& of) const {
  if (take_sign(of)) return true;
  of.begin = skip_money(of.begin);
  const bool another = is_any(before(of.begin).what, {kind::minus, kind::plus});
  if (another && (of.literal.negative || take_sign(of))) return true;
  if (is_word(before(of.begin), "negative")) {
    of.literal.negative = !of.literal.negative;
    --of.begin;
  }
  return false;
}

bool number_context::is_changed_by_left(number_term& of) const {
  const bool glued = at(of.begin).glued;
  if (take_words_before(of)) return true;
  std::size_t left = of.begin;
  while (is_any(before(left).what, {kind::other, kind::money})) --left;
  const auto& neighbour = before(left);
  if (is_any(neighbour.what, {kind::minus, kind::plus})) return left > 1;  // else a bullet
  if (is_word(neighbour, "negative")) return true;
  if (is_operator(neighbour) || is_changed_by_words(left) || is_bounded_by_words(left)) return true;
  // 2 \frac{3}{2}, \binom{5}{3}, 1,000 000
  if (left == of.begin && has_digits(neighbour)) return true;
  return is_changed_by_neighbour(of, left, glued);
}

// By the one before `left`; `glued` is what the number's digits are to it.
bool number_context::is_changed_by_neighbour(const number_term& of, std::size_t left,
                                             bool glued) const {
  const auto &neighbour = before(left), &farther = left > 1 ? before(left - 1) : no_token;
  switch (neighbour.what) {
    case kind::open:
      return is_argument(left - 1, neighbour.glued) ||
             (neighbour.glued && farther.what == kind::dot && farther.glued);  // 0.(3)
    case kind::colon:
    case kind::dots: return neighbour.glued == glued && has_digits(farther);
    case kind::degree: return true;                  // 5° 30'
    case kind::percent: return has_digits(farther);  // 18 % 5
    case kind::bar: return of.literal.negative && at(of.begin).glued;
    case kind::dash: return !is_any(farther.what, {kind::word, kind::other});
    default: return false;
  }
}

// A minus behind the number: a range or a difference, if it is no hyphen and no dash.
bool number_context::subtracts(std::size_t place) const {
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
bool number_context::is_part_in_words(std::size_t place) const {
  static constexpr std::array<std::string_view, 8> counts{"a",     "an",   "one",  "two",
                                                          "three", "four", "five", "seven"};
  static constexpr std::array<std::string_view, 12> parts{
      "half",  "third",  "thirds", "quarter", "quarters", "fourth",
      "fifth", "fifths", "sixth",  "eighth",  "eighths",  "fourths"};
  if (is_word(at(place), counts)) ++place;
  if (at(place).what == kind::minus && at(place).glued) ++place;
  return is_word(at(place), parts);
}

bool number_context::is_changed_by_word(std::size_t place) const {
  const auto &word = at(place), &next = at(place + 1);
  if (word.text[0] == sign::foreign) return false;
  if (word.is_power || changes_number(word.text) || is_same_word(word.text, "pi")) return true;
  if (takes_number(word.text)) {
    return has_digits(next) || is_operator(next) || is_variable(next) || next.what == kind::open;
  }
  if (word.glued) return word.text.size() <= 2;
  if (is_word(word, "and")) return is_part_in_words(place + 1);
  if (is_word(word, "to")) return is_word(next, "the") && is_word(at(place + 2), "power");
  if (is_word(word, "over")) return is_variable(next);
  return is_variable(word);
}

bool number_context::is_changed_by_right(std::size_t end) const {
  const auto &one = at(end), &next = at(end + 1);
  if (one.what == kind::slash) return !is_rate(next);
  if (is_operator(one) || one.what == kind::plus || one.what == kind::fraction) return true;
  switch (one.what) {
    case kind::bang: return one.glued;
    case kind::minus: return subtracts(end);
    case kind::dash: return has_digits(next);
    case kind::colon:
    case kind::dots: return one.glued == next.glued && has_digits(next);
    case kind::word: return is_changed_by_word(end);
    case kind::open:
      return one.glued && (has_digits(next) || is_operator(next) || is_variable(next) ||
                           next.what == kind::minus);
    default: return false;
  }
}

// $3/month
bool number_context::is_rate(const number_token& below) const {
  return below.what == kind::word && below.text.size() > 1 && !takes_number(below.text) &&
         !is_same_word(below.text, "pi");
}

// Beside what it stands in: brackets around it alone are looked through.
bool number_context::is_changed(number_term& of) const {
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

}  // namespace retort::engine
