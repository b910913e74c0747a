#include "engine/number_scanner.hpp"

#include <algorithm>
#include <array>

namespace retort::engine {
namespace {

constexpr std::string_view minus_sign = "\u2212";
constexpr std::array<std::string_view, 5> thousands_separators{",", "{,}", "\\,", ",\\!", "\u202f"};
constexpr std::array<std::string_view, 5> currency_signs{"$", "\\$", "€", "£", "¥"};
constexpr std::array<std::string_view, 4> fraction_commands{"\\frac", "\\dfrac", "\\tfrac",
                                                            "\\cfrac"};

// Function objects, so that the loops over them are inlined.
constexpr auto is_digit = [](char c) { return static_cast<unsigned char>(c - '0') < 10; };
constexpr auto is_letter = [](char c) { return static_cast<unsigned char>((c | 0x20) - 'a') < 26; };
constexpr auto is_space = [](char c) { return c == ' '; };

bool is_alphanumeric(char c) { return is_digit(c) || is_letter(c); }

// The take_... functions move past what they recognise at the start of `in`.

char peek(std::string_view in, std::size_t ahead = 0) { return ahead < in.size() ? in[ahead] : 0; }

template <class Predicate>
std::string_view take_while(std::string_view& in, Predicate accepts) {
  const auto stop = std::find_if_not(in.begin(), in.end(), accepts);
  const auto taken = in.substr(0, static_cast<std::size_t>(stop - in.begin()));
  in.remove_prefix(taken.size());
  return taken;
}

std::string_view take_digits(std::string_view& in) { return take_while(in, is_digit); }

template <std::size_t N>
std::string_view take_any(std::string_view& in, const std::array<std::string_view, N>& words) {
  for (const auto word : words) {
    if (peek(in) != word.front() || !in.starts_with(word)) continue;
    in.remove_prefix(word.size());
    return word;
  }
  return {};
}

bool take_minus(std::string_view& in) {
  constexpr std::array<std::string_view, 2> signs{"-", minus_sign};
  return !take_any(in, signs).empty();
}

// Letters and digits, and joiners that a digit follows: the rest of "4.5-turbo2" after "GPT-".
std::string_view take_name(std::string_view& in, std::string_view joiners) {
  const std::string_view all = in;
  while (is_alphanumeric(peek(in)) ||
         (joiners.find(peek(in)) != std::string_view::npos && is_digit(peek(in, 1))))
    in.remove_prefix(1);
  return all.substr(0, all.size() - in.size());
}

// A group that is never closed is a text cut short: nothing after it can be trusted.
void take_group(std::string_view& in) {
  if (!in.starts_with('{')) return;
  const auto inside = braced(in);
  in.remove_prefix(inside ? inside->size() + 2 : in.size());
}

// x_{12}, \log_2
void take_subscript(std::string_view& in) {
  if (in.starts_with("_{")) {
    in.remove_prefix(1);
    take_group(in);
  } else if (peek(in) == '_' && is_digit(peek(in, 1))) {
    take_name(in, "_");
  }
}

// ^2, ^{10}, ^n; but neither ^\circ nor ^{\circ}, which are units.
bool take_power(std::string_view& in) {
  in.remove_prefix(1);
  if (in.starts_with('\\') || in.starts_with("{\\")) return false;
  if (in.starts_with('{')) {
    take_group(in);
    return true;
  }
  take_minus(in);
  return !take_name(in, ".").empty();
}

bool take_group_of_three(std::string_view& in, std::string_view separator) {
  if (peek(in) != separator.front() || !in.starts_with(separator)) return false;
  std::string_view look = in.substr(separator.size());
  if (take_digits(look).size() != 3) return false;
  in = look;
  return true;
}

std::string_view take_whole(std::string_view& in) {
  const std::string_view all = in;
  const std::string_view lead = take_digits(in);
  if (lead.empty() || lead.size() > 3 || lead.front() == '0') return lead;
  const auto used =
      std::find_if(thousands_separators.begin(), thousands_separators.end(),
                   [&](auto separator) { return take_group_of_three(in, separator); });
  if (used == thousands_separators.end()) return lead;
  while (take_group_of_three(in, *used)) {
  }
  return all.substr(0, all.size() - in.size());
}

std::string_view take_fraction(std::string_view& in) {
  if (peek(in) != '.' || !is_digit(peek(in, 1))) return {};
  in.remove_prefix(1);
  return take_digits(in);
}

int bounded(std::string_view digits) {
  int value = 0;
  for (const char digit : digits) value = std::min(value * 10 + (digit - '0'), max_exponent + 1);
  return value;
}

int take_exponent(std::string_view& in) {
  if (peek(in) != 'e' && peek(in) != 'E') return 0;
  std::string_view look = in.substr(1);
  const bool negative = take_minus(look);
  if (!negative && peek(look) == '+') look.remove_prefix(1);
  const auto digits = take_digits(look);
  if (digits.empty() || is_letter(peek(look))) return 0;
  in = look;
  return negative ? -bounded(digits) : bounded(digits);
}

bool starts_decimal(std::string_view in) {
  return is_digit(peek(in)) || (peek(in) == '.' && is_digit(peek(in, 1)));
}

decimal take_decimal(std::string_view& in) {
  decimal taken;
  taken.whole = take_whole(in);
  taken.fraction = take_fraction(in);
  taken.exponent = take_exponent(in);
  return taken;
}

bool take_denominator(std::string_view& in, number_literal& of) {
  if (peek(in) != '/' || !is_digit(peek(in, 1))) return false;
  in.remove_prefix(1);
  of.denominator = take_decimal(in);
  return true;
}

// Three groups of digits or more with the same sign between them.
bool is_chain(std::string_view in) {
  if (take_digits(in).empty()) return false;
  const char joiner = peek(in);
  for (int more = 0; more < 2; ++more) {
    if (std::string_view("./-:").find(peek(in)) == std::string_view::npos || peek(in) != joiner)
      return false;
    in.remove_prefix(1);
    if (take_digits(in).empty()) return false;
  }
  return true;
}

bool take_fraction_command(std::string_view& in) {
  std::string_view look = in;
  if (take_any(look, fraction_commands).empty() || is_letter(peek(look))) return false;
  in = look;
  return true;
}

// An argument of \frac: one digit, or a decimal in braces.
std::optional<decimal> take_argument(std::string_view& in) {
  decimal taken;
  if (is_digit(peek(in))) {
    taken.whole = in.substr(0, 1);
    in.remove_prefix(1);
    return taken;
  }
  if (!in.starts_with('{')) return std::nullopt;
  in.remove_prefix(1);
  const bool negative = take_minus(in);
  if (!starts_decimal(in)) return std::nullopt;
  taken = take_decimal(in);
  taken.negative = negative;
  if (!in.starts_with('}')) return std::nullopt;
  in.remove_prefix(1);
  return taken;
}

bool take_arguments(std::string_view& in, number_literal& of) {
  std::string_view look = in;
  const auto numerator = take_argument(look);
  if (!numerator) return false;
  of.denominator = take_argument(look);
  if (!of.denominator) return false;
  of.numerator = *numerator;
  in = look;
  return true;
}

bool is_plain(const decimal& d) { return !d.negative && d.fraction.empty() && d.exponent == 0; }

bool is_less(std::string_view a, std::string_view b) {
  a.remove_prefix(std::min(a.find_first_not_of('0'), a.size()));
  b.remove_prefix(std::min(b.find_first_not_of('0'), b.size()));
  return a.size() != b.size() ? a.size() < b.size() : a < b;
}

bool is_proper(const number_literal& part) {
  return is_plain(part.numerator) && is_plain(*part.denominator) &&
         is_less(part.numerator.whole, part.denominator->whole);
}

bool take_ratio(std::string_view& in, number_literal& of) {
  if (!is_digit(peek(in)) || is_chain(in)) return false;
  of.numerator = take_decimal(in);
  return take_denominator(in, of);
}

// The proper fraction that may follow a whole number: " 1/2", "\frac{1}{2}".
void take_mixed(std::string_view& in, number_literal& whole) {
  if (!is_plain(whole.numerator)) return;
  std::string_view look = in;
  const bool apart = !take_while(look, is_space).empty();
  number_literal part{.negative = whole.negative, .mixed = whole.numerator.whole};
  const bool found =
      take_fraction_command(look) ? take_arguments(look, part) : apart && take_ratio(look, part);
  if (!found || !is_proper(part)) return;
  whole = part;
  in = look;
}

bool is_zero(const decimal& d) {
  constexpr std::string_view significant = "123456789";
  return d.whole.find_first_of(significant) == std::string_view::npos &&
         d.fraction.find_first_of(significant) == std::string_view::npos;
}

bool is_bounded(const decimal& d) {
  return d.whole.size() + d.fraction.size() <= max_number_bytes && d.exponent <= max_exponent &&
         d.exponent >= -max_exponent;
}

bool is_usable(const number_literal& found) {
  if (found.mixed.size() > max_number_bytes || !is_bounded(found.numerator)) return false;
  return !found.denominator || (is_bounded(*found.denominator) && !is_zero(*found.denominator));
}

// A sign after these is an operator.
bool ends_operand(char c) {
  return is_alphanumeric(c) || c == ')' || c == ']' || c == '}' || c == '%' || c == '-';
}

// A point after these is a full stop.
bool ends_sentence(char c) {
  return is_alphanumeric(c) || c == ')' || c == ']' || c == '}' || c == '.';
}

}  // namespace

std::optional<std::string_view> braced(std::string_view text) {
  if (!text.starts_with('{')) return std::nullopt;
  std::size_t depth = 0;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] == '\\')
      ++at;  // and past what it escapes
    else if (text[at] == '{')
      ++depth;
    else if (text[at] == '}' && --depth == 0)
      return text.substr(1, at - 1);
  }
  return std::nullopt;
}

std::optional<number_literal> number_scanner::next() {
  while (!rest_.empty()) {
    if (auto found = step()) return found;
  }
  return std::nullopt;
}

std::optional<number_literal> number_scanner::step() {
  const char c = rest_.front();
  if (is_digit(c)) return digits(false);
  if (is_letter(c)) {
    word();
    return std::nullopt;
  }
  if (c == '-' || c == '+') return sign(1, c == '-');
  if (c == '.') return point();
  if (c == '\\') return command();
  if (c == '^') {
    take_power(rest_);
    return std::nullopt;
  }
  if (c == minus_sign.front() && rest_.starts_with(minus_sign))
    return sign(minus_sign.size(), true);
  rest_.remove_prefix(1);
  return std::nullopt;
}

std::optional<number_literal> number_scanner::sign(std::size_t width, bool negative) {
  const bool is_operator = ends_operand(previous());
  rest_.remove_prefix(width);
  if (is_operator) return std::nullopt;
  std::string_view look = rest_;
  take_any(look, currency_signs);
  if (starts_decimal(look)) {
    rest_ = look;
    return digits(negative);
  }
  return take_fraction_command(rest_) ? fraction_arguments(negative) : std::nullopt;
}

std::optional<number_literal> number_scanner::point() {
  if (starts_decimal(rest_) && !ends_sentence(previous())) return digits(false);
  rest_.remove_prefix(1);
  return std::nullopt;
}

std::optional<number_literal> number_scanner::command() {
  if (take_fraction_command(rest_)) return fraction_arguments(false);
  rest_.remove_prefix(1);
  if (take_while(rest_, is_letter).empty()) return std::nullopt;
  saw_words_ = true;
  take_subscript(rest_);
  return std::nullopt;
}

std::optional<number_literal> number_scanner::digits(bool negative) {
  if (is_chain(rest_)) {
    take_name(rest_, "./-:");
    saw_words_ = true;
    return std::nullopt;
  }
  number_literal found{.negative = negative};
  found.numerator = take_decimal(rest_);
  if (!take_denominator(rest_, found)) take_mixed(rest_, found);
  return finish(found);
}

// A fraction of anything but decimals is no number, nor are its parts.
std::optional<number_literal> number_scanner::fraction_arguments(bool negative) {
  number_literal found{.negative = negative};
  if (take_arguments(rest_, found)) return finish(found);
  take_group(rest_);
  take_group(rest_);
  saw_words_ = true;
  return std::nullopt;
}

// What is attached to the digits decides whether they are a number after all.
std::optional<number_literal> number_scanner::finish(const number_literal& found) {
  if (peek(rest_) == '^' && take_power(rest_)) return std::nullopt;
  std::string_view look = rest_;
  take_while(look, is_letter);
  if (is_digit(peek(look)) || (peek(look) == '_' && is_alphanumeric(peek(look, 1)))) {
    take_name(rest_, "._-");
    saw_words_ = true;
    return std::nullopt;
  }
  if (!is_usable(found)) return std::nullopt;
  return found;
}

void number_scanner::word() {
  saw_words_ = true;
  take_while(rest_, is_letter);
  const bool joined = is_digit(peek(rest_)) || (peek(rest_) == '-' && is_digit(peek(rest_, 1)));
  if (joined)
    take_name(rest_, "._-");
  else
    take_subscript(rest_);
}

char number_scanner::previous() const {
  return rest_.data() == text_.data() ? '\0' : rest_.data()[-1];
}

}  // namespace retort::engine
