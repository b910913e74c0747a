#include "engine/number/number_series.hpp"

#include <tuple>

#include "engine/number/number_units.hpp"

namespace retort::engine {
namespace {

bool is_same_text(const number_literal& one, const number_literal& other) {
  return one.numerator.whole == other.numerator.whole &&
         one.numerator.fraction == other.numerator.fraction;
}

// The same number again, or another way to write one: 1/2 or 0.5, 0.5 or 50%.
bool is_restated(const number_literal& one, const number_literal& other) {
  const auto form = [](const number_literal& of) {
    return std::tuple(of.denominator.has_value(), of.numerator.power.has_value(), of.ten, of.times);
  };
  static const auto percent = unit_named("percent");
  return is_same_text(one, other) || form(one) != form(other) ||
         one.unit.is(percent) != other.unit.is(percent);
}

bool are_of_two_kinds(const number_term& one, const number_term& other) {
  return !measure::agree(one.literal.unit, other.literal.unit);
}

}  // namespace

bool number_series::goes_on(const number_term& earlier, const number_term& of) const {
  if (earlier.end == 0) return false;
  return are_of_two_kinds(earlier, of) ? is_one_amount(earlier, of) : are_several(earlier, of);
}

// 5 feet 10 inches, 3 dollars and 50 cents; but "5 feet in 10 seconds", where "in" is no inch.
bool number_series::is_one_amount(const number_term& earlier, const number_term& of) const {
  if (is_word(before(earlier.end), "in")) return false;
  std::size_t between = earlier.end;
  const bool is_short = is_any(at(between).what, {kind::comma, kind::dot}) &&
                        before(between).what == kind::word && before(between).text.size() <= 3;
  if (at(between).what == kind::comma || is_short) ++between;  // 5 ft. 6 in.
  if (is_word(at(between), "and")) ++between;
  return skip(between, {kind::money}) == of.begin;
}

bool number_series::are_several(const number_term& earlier, const number_term& of) const {
  const auto next = behind_joint(earlier, of);
  return next && skip(*next, {kind::other, kind::money, kind::minus, kind::plus}) == of.begin;
}

// Behind what makes two numbers several, if that is what stands behind the first.
std::optional<std::size_t> number_series::behind_joint(const number_term& earlier,
                                                       const number_term& of) const {
  static constexpr std::array<std::string_view, 8> ranges{"to", "through", "until",  "till",
                                                          "by", "per",     "versus", "vs"};
  const gap between = gap_behind(earlier);
  const std::size_t place = between.end;
  if (is_word(at(place), ranges)) return place + (at(place + 1).what == kind::dot ? 2 : 1);
  static constexpr std::array<std::string_view, 3> alternatives{"or", "o", "u"};
  if (is_word(at(place), alternatives)) {
    if (is_operand(earlier) || is_restated(earlier.literal, of.literal)) return std::nullopt;
    const std::size_t next = skip(place + 1, {kind::money, kind::other});
    return at(next + 1).what == kind::equals ? next + 2 : next;  // or x = 5
  }
  static constexpr std::array<std::string_view, 3> conjunctions{"and", "y", "e"};
  if (is_word(at(place), conjunctions) || between.is_and) {
    const bool are_two = is_bare(earlier) || is_scaled(earlier) ||
                         is_word(before(back_to_words(earlier)), "between");
    const bool is_again = is_same_text(earlier.literal, of.literal) &&
                          before(earlier.begin).what == before(of.begin).what;
    if (!are_two || is_again) return std::nullopt;
    const std::size_t next = between.is_and ? place : place + 1;
    return repeats_name(earlier, next) ? next + 2 : next;
  }
  if (between.is_list && repeats_name(earlier, place)) return place + 2;
  if (is_scaled(earlier) || (between.is_list && are_listed(earlier, of))) return place;
  return std::nullopt;
}

// x_1 = 1 and x_2 = 3: what stands below is read away.
bool number_series::repeats_name(const number_term& earlier, std::size_t place) const {
  if (earlier.begin < 2 || at(place + 1).what != kind::equals) return false;
  const auto &name = at(earlier.begin - 2), &again = at(place);
  return before(earlier.begin).what == kind::equals &&
         is_any(name.what, {kind::word, kind::name}) && name.what == again.what &&
         name.text == again.text;
}

number_series::gap number_series::gap_behind(const number_term& earlier) const {
  const std::size_t place = skip(earlier.end, {kind::other, kind::money});
  const bool comma = at(place).what == kind::comma;
  const auto& last = before(place);
  const bool is_sign = last.what == kind::other;
  return {.end = comma ? place + 1 : place,
          .is_list = comma || (is_sign && last.text == ";"),
          .is_and = is_sign && last.text == "&"};
}

// Nothing but "x =", a colon or "are" leads to the first, and nothing comes after the last. "On day
// 3, 15 apples remain" is no list.
bool number_series::are_listed(const number_term& earlier, const number_term& of) const {
  static constexpr std::array<std::string_view, 3> verbs{"is", "are", "be"};
  const auto& leading = before(back_to_words(earlier));
  const bool begins =
      is_word(leading, verbs) ||
      is_any(leading.what, {kind::end, kind::equals, kind::relation, kind::colon, kind::comma}) ||
      before(earlier.begin).text == ";";
  const auto end = skip(of.end, {kind::dot, kind::other, kind::money, kind::close});
  return is_bare(earlier) && begins && end == size();
}

// 30 + 160 or 190: the second is what the first is part of.
bool number_series::is_operand(const number_term& of) const {
  std::size_t left = of.begin;
  while (is_any(before(left).what, {kind::money, kind::other})) --left;
  const auto& sign = before(left);
  const auto& operand = left > 1 ? before(left - 1) : no_token;
  if (sign.what == kind::minus) return ends_operand(operand) || is_variable(operand);
  return is_any(sign.what, {kind::plus, kind::times, kind::divide, kind::slash});
}

// "3 boys and 5 girls" are no two answers.
bool number_series::is_bare(const number_term& of) const {
  return before(of.end).what != kind::word;
}

// 4 thousand
bool number_series::is_scaled(const number_term& of) const {
  return !is_bare(of) && !multiple_named(before(of.end).text).is_one();
}

std::size_t number_series::skip(std::size_t place, std::initializer_list<kind> what) const {
  while (is_any(at(place).what, what)) ++place;
  return place;
}

std::size_t number_series::back_to_words(const number_term& of) const {
  std::size_t left = of.begin;
  while (is_any(before(left).what, {kind::money, kind::other, kind::minus})) --left;
  return left;
}

}  // namespace retort::engine
