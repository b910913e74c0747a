#include "engine/number.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "engine/number_scanner.hpp"

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

cpp_rational value_of(const decimal& d) {
  cpp_int digits;
  append_digits(digits, d.whole);
  append_digits(digits, d.fraction);
  if (d.negative) digits = -digits;
  const int exponent = d.exponent - static_cast<int>(d.fraction.size());
  if (exponent < 0) return cpp_rational(digits, power_of_ten(-exponent));
  return cpp_rational(digits * power_of_ten(exponent));
}

// Digits and nothing else, as most references are.
bool is_small_integer(std::string_view text) {
  return !text.empty() && text.size() <= small_digits &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

bool is_small_integer(const number_literal& literal) {
  const decimal& d = literal.numerator;
  return !literal.denominator && d.fraction.empty() && d.exponent == 0 &&
         d.whole.size() <= small_digits;
}

cpp_rational value_of(const number_literal& literal) {
  cpp_rational value = value_of(literal.numerator);
  if (literal.denominator) value /= value_of(*literal.denominator);
  if (!literal.mixed.empty()) value += value_of(decimal{.whole = literal.mixed});
  return literal.negative ? cpp_rational(-value) : value;
}

std::optional<number_literal> last_literal(std::string_view line) {
  number_scanner scanner(line);
  std::optional<number_literal> last;
  while (auto found = scanner.next()) last = found;
  return last;
}

std::string_view take_last_line(std::string_view& text) {
  const std::size_t before = text.rfind('\n');
  const std::size_t begin = before == std::string_view::npos ? 0 : before + 1;
  const auto line = text.substr(begin);
  text = text.substr(0, begin == 0 ? 0 : before);
  return line;
}

}  // namespace

number::number(const number_literal& literal) {
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

std::optional<number> number::parse(std::string_view text, units allowed) {
  if (is_small_integer(text)) return number(number_literal{.numerator = {.whole = text}});
  number_scanner scanner(last_boxed(text).value_or(text));
  const auto found = scanner.next();
  if (!found || scanner.next()) return std::nullopt;
  if (allowed == units::refused && scanner.saw_words()) return std::nullopt;
  return number(*found);
}

// A number never spans lines, so most of a long text need not be looked at.
std::optional<number> number::last_in(std::string_view text) {
  if (const auto box = last_boxed(text)) return parse(*box);
  while (!text.empty()) {
    if (const auto found = last_literal(take_last_line(text))) return number(*found);
  }
  return std::nullopt;
}

std::string number::to_string() const {
  return large_ ? large_->str() : fmt::format_int(small_).str();
}

std::optional<std::string_view> last_boxed(std::string_view text) {
  constexpr std::string_view command = "\\boxed";
  std::string_view last;
  for (std::size_t at = 0; (at = text.find("\\boxed{", at)) != std::string_view::npos;) {
    at += command.size();
    last = text.substr(at);
  }
  return braced(last);
}

}  // namespace retort::engine
