#include "engine/number/number.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <span>
#include <vector>

#include "engine/number/number_scanner.hpp"
#include "engine/number/number_text.hpp"
#include "engine/number/number_units.hpp"
#include "engine/text/text.hpp"

namespace retort::engine {
namespace {

using boost::multiprecision::cpp_int;
using boost::multiprecision::cpp_rational;

// As many digits as fit 64 bits whatever they are.
constexpr std::size_t small_digits = 18;
constexpr std::int64_t most_small = 1'000'000'000'000'000'000;

struct small_integer {
  std::int64_t value = 0;
  std::int64_t scale = 1;  // ten to the number of digits
};

// At most small_digits bytes, the digits of which count; the others are separators.
small_integer read_small(std::string_view text) {
  small_integer read;
  for (const char c : text) {
    if (c < '0' || c > '9') continue;
    read.value = read.value * 10 + (c - '0');
    read.scale *= 10;
  }
  return read;
}

void append_digits(cpp_int& value, std::string_view text) {
  while (!text.empty()) {
    const auto chunk = text.substr(0, small_digits);
    const auto [digits, scale] = read_small(chunk);
    value = value * scale + digits;
    text.remove_prefix(chunk.size());
  }
}

cpp_int power_of_ten(int exponent) {
  return boost::multiprecision::pow(cpp_int(10), static_cast<unsigned>(exponent));
}

cpp_rational ten_to(int exponent) {
  return exponent < 0 ? cpp_rational(1, power_of_ten(-exponent))
                      : cpp_rational(power_of_ten(exponent));
}

cpp_rational power(const cpp_rational& base, int exponent) {
  const auto times = static_cast<unsigned>(std::abs(exponent));
  const cpp_int above = boost::multiprecision::pow(numerator(base), times);
  const cpp_int below = boost::multiprecision::pow(denominator(base), times);
  return exponent < 0 ? cpp_rational(below, above) : cpp_rational(above, below);
}

cpp_rational value_of(const decimal& d) {
  cpp_int digits;
  append_digits(digits, d.whole);
  append_digits(digits, d.fraction);
  const int exponent = d.exponent - static_cast<int>(d.fraction.size());
  cpp_rational value = cpp_rational(digits) * ten_to(exponent);
  if (d.power) value = power(value, *d.power);
  return d.negative ? cpp_rational(-value) : value;
}

// Digits and nothing else, as most references are.
bool is_small_integer(std::string_view text) {
  return !text.empty() && text.size() <= small_digits &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

bool is_small_integer(const number_literal& literal) {
  const decimal& d = literal.numerator;
  return !literal.denominator && d.fraction.empty() && d.exponent == 0 && !d.power &&
         literal.ten == 0 && literal.times == 1 && d.whole.size() <= small_digits;
}

cpp_rational value_of(const number_literal& literal) {
  cpp_rational value = value_of(literal.numerator);
  if (literal.denominator) value /= value_of(*literal.denominator);
  if (!literal.mixed.empty()) value += value_of(decimal{.whole = literal.mixed});
  if (literal.ten != 0) value *= ten_to(literal.ten);
  value *= literal.times;
  return literal.negative ? cpp_rational(-value) : value;
}

// The pieces of a line. Both buffers stay for the next one; what is read points into them.
struct split_line {
  std::string text;
  std::vector<number_token> tokens;

  std::span<const number_token> of(std::string_view line, decimal_sign style) {
    split_number_text(plain_number_text(line, text), style, tokens);
    return tokens;
  }
};

split_line& scratch() {
  thread_local split_line mine;
  return mine;
}

// Tokens take many times the bytes of their text.
constexpr std::size_t longest_line = std::size_t{64} << 10;

// Of a line that is longer its end, from a blank or bracket on: what stands before is a line too.
std::string_view take_last_line(std::string_view& text) {
  const std::size_t before = text.rfind('\n');
  std::size_t begin = before == std::string_view::npos ? 0 : before + 1;
  std::size_t rest = begin == 0 ? 0 : before;
  if (text.size() - begin > longest_line) {
    const std::size_t parted = text.find_first_of(" \t([{", text.size() - longest_line);
    if (parted != std::string_view::npos) begin = rest = parted;
  }
  const auto line = text.substr(begin);
  text = text.substr(0, rest);
  return line;
}

// What the braces at the start of `text` hold, nested and escaped braces respected; nothing when
// `text` does not start with a brace or the brace is never closed.
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

constexpr std::size_t far_enough = 64;  // bytes on either side of a box that may change it

// The end of what stands before the box on its line, from a blank on; a 1 stands for the box.
std::string before_box(std::string_view text) {
  text.remove_prefix(text.rfind('\n') + 1);
  for (bool boxed = true; boxed;) {  // in another
    boxed = text.ends_with("\\boxed{") || text.ends_with("\\fbox{");
    if (boxed) text = text.substr(0, text.rfind('\\'));
  }
  if (text.size() > far_enough) {
    text.remove_prefix(text.size() - far_enough);
    text.remove_prefix(std::min(text.find(' '), text.size()));
  }
  return std::string(text) + (text.ends_with(' ') ? "\" {1}" : "{1}");  // apart: no 5 1
}

bool ends_with_not(std::string_view text) {
  constexpr std::string_view word = "not";
  if (text.size() < word.size()) return false;
  const auto left = text.substr(0, text.size() - word.size());
  return is_same_word(text.substr(left.size()), word) && (left.empty() || !is_letter(left.back()));
}

// The box is one of two: \boxed{5} or 6. Anything but a whole number that ends the sentence may be
// another form of the same: 1.5 hours, 2/4, 50%.
bool is_one_of_two(std::string_view rest, std::string_view box, decimal_sign style) {
  constexpr std::string_view closers = " $*}", forms = "/%\\", ends = ".!?";
  rest.remove_prefix(std::min(rest.find_first_not_of(closers), rest.size()));
  if (!rest.starts_with("or ")) return false;
  rest.remove_prefix(std::min(rest.find_first_not_of(closers, 3), rest.size()));
  if (const auto sign = rest.find('='); sign < 8) rest = trim(rest.substr(sign + 1));  // or x = 6
  const std::size_t sign = rest.starts_with('-') ? 1 : 0;
  const auto end = std::min(rest.find_first_not_of("0123456789", sign), rest.size());
  const auto other = rest.substr(0, end);
  rest.remove_prefix(std::min(rest.find_first_not_of(closers, end), rest.size()));
  if (!rest.empty() && (ends.find(rest[0]) == ends.npos || is_digit(peek(rest, 1)))) return false;
  if (other.size() == sign || box.find_first_of(forms) != std::string_view::npos) return false;
  const auto mine = number::parse(box, style), another = number::parse(other, style);
  return mine && another && *mine != *another;
}

// `box` is the content of a \boxed{} in `text`. A digit stands for it beside what it stands in.
bool is_changed_around(std::string_view text, std::string_view box, decimal_sign style) {
  const auto end = static_cast<std::size_t>(box.data() - text.data()) + box.size() + 1;
  const auto rest = text.substr(end, std::min(text.find('\n', end) - end, far_enough));
  if (changes_box_before(scratch().of("1" + std::string(rest), style))) return true;
  if (is_one_of_two(rest, box, style)) return true;
  const auto command = text.rfind('\\', static_cast<std::size_t>(box.data() - text.data()) - 1);
  const auto before = trim(text.substr(0, command));
  if (before.ends_with("−") || ends_with_not(before)) return true;  // the sign is no bullet
  return changes_box_behind(scratch().of(before_box(text.substr(0, command)), style));
}

}  // namespace

number::number(const number_literal& literal) : unit_(literal.unit) {
  if (is_small_integer(literal)) {
    const auto value = read_small(literal.numerator.whole).value;
    small_ = literal.negative ? -value : value;
    return;
  }
  rational value = value_of(literal);
  if (denominator(value) == 1 && abs(numerator(value)) < most_small) {
    small_ = static_cast<std::int64_t>(numerator(value));
  } else {
    large_ = std::move(value);
  }
}

std::optional<number> number::parse(std::string_view text, decimal_sign style) {
  if (is_small_integer(text)) return number(number_literal{.numerator = {.whole = text}});
  if (const auto box = last_boxed(text)) {
    if (is_changed_around(text, *box, style)) return std::nullopt;
    text = *box;
  }
  text = trim(text);
  if (text.size() > longest_line || text.find('\n') != text.npos) return std::nullopt;
  const auto found = read_whole_number(scratch().of(text, style));
  return found ? std::optional(number(*found)) : std::nullopt;
}

// A number never spans lines, so most of a long text need not be looked at.
number_search number::last_in(std::string_view text, decimal_sign style) {
  if (const auto box = last_boxed(text)) {
    return {true, is_changed_around(text, *box, style) ? std::nullopt : parse(*box, style)};
  }
  while (!text.empty()) {
    const auto last = find_last_number(scratch().of(take_last_line(text), style));
    if (!last.found) continue;
    return {true, last.literal ? std::optional(number(*last.literal)) : std::nullopt};
  }
  return {};
}

bool number::are_close(const number& a, const number& b, const number& tolerance, bool relative) {
  rational most = abs(tolerance.value());
  if (relative) most *= abs(b.value()) / 100;
  return abs(rational(a.value() - b.value())) <= most;
}

bool number::units_agree(const number& a, const number& b) {
  return measure::agree(a.unit_, b.unit_);
}

bool number::is_negative() const { return large_ ? *large_ < 0 : small_ < 0; }

std::string number::to_string() const {
  return large_ ? large_->str() : fmt::format_int(small_).str();
}

std::string number::with_unit() const { return unit_.behind(to_string()); }

std::optional<std::string_view> last_boxed(std::string_view text) {
  std::string_view last;
  for (std::size_t at = 0; (at = text.find('\\', at)) != std::string_view::npos; ++at) {
    for (const std::string_view command : {"\\boxed", "\\fbox"}) {
      if (!text.substr(at).starts_with(command)) continue;
      auto behind = text.substr(at + command.size());
      behind.remove_prefix(std::min(behind.find_first_not_of(' '), behind.size()));
      if (behind.starts_with('{')) last = behind;
    }
  }
  return braced(last);
}

}  // namespace retort::engine
