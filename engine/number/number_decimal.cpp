#include "engine/number/number_decimal.hpp"

#include <algorithm>
#include <array>

#include "engine/number/number_reading.hpp"

namespace retort::engine {
namespace {

int bounded(std::string_view digits) {
  int value = 0;
  for (const char digit : digits) value = std::min(value * 10 + (digit - '0'), max_exponent + 1);
  return value;
}

bool take_group_of(std::size_t size, std::string_view& in, std::string_view separator) {
  if (!in.starts_with(separator)) return false;
  std::string_view look = in.substr(separator.size());
  if (take_digits(look).size() != size) return false;
  in = look;
  return true;
}

// 1,00,000: groups of two, and three digits at the end.
bool take_lakhs(std::string_view& in, std::size_t lead) {
  std::string_view look = in;
  if (lead > 2 || !take_group_of(2, look, ",")) return false;
  while (take_group_of(2, look, ",")) {
  }
  if (!take_group_of(3, look, ",")) return false;
  in = look;
  return true;
}

std::string_view take_whole(std::string_view& in, decimal_sign style) {
  static constexpr std::array<std::string_view, 6> by_point{",", "{,}", " ", "~", "'", "_"};
  static constexpr std::array<std::string_view, 6> by_comma{".", "{.}", " ", "~", "'", "_"};
  const std::string_view all = in;
  const std::string_view lead = take_digits(in);
  if (lead.empty() || lead.size() > 3 || lead.front() == '0') return lead;
  if (std::string_view(",.{ ~'_").find(peek(in)) == std::string_view::npos) return lead;
  const bool point = style == decimal_sign::point;
  for (const auto separator : point ? by_point : by_comma) {
    if (!take_group_of(3, in, separator)) continue;
    while (take_group_of(3, in, separator)) {
    }
    return all.substr(0, all.size() - in.size());
  }
  if (point) take_lakhs(in, lead.size());
  return all.substr(0, all.size() - in.size());
}

std::string_view take_fraction(std::string_view& in, decimal_sign style) {
  const bool comma = style == decimal_sign::comma;
  const bool braced = comma && in.starts_with("{,}");
  if (!braced && peek(in) != '.' && !(comma && peek(in) == ',')) return {};
  const std::size_t width = braced ? 3 : 1;
  if (!is_digit(peek(in, width))) return {};
  in.remove_prefix(width);
  return take_digits(in);
}

int take_exponent(std::string_view& in) {
  if (peek(in) != 'e' && peek(in) != 'E') return 0;
  std::string_view look = in.substr(1);
  const bool negative = peek(look) == '-';
  if (negative || peek(look) == '+') look.remove_prefix(1);
  const auto digits = take_digits(look);
  if (digits.empty() || is_letter(peek(look))) return 0;
  in = look;
  return negative ? -bounded(digits) : bounded(digits);
}

}  // namespace

decimal take_decimal(std::string_view& in, decimal_sign style) {
  decimal taken;
  taken.whole = take_whole(in, style);
  taken.fraction = take_fraction(in, style);
  taken.exponent = take_exponent(in);
  return taken;
}

bool starts_decimal(std::string_view in) {
  return is_digit(peek(in)) || (peek(in) == '.' && is_digit(peek(in, 1)));
}

std::optional<int> read_integer(std::string_view text) {
  const bool negative = text.starts_with('-');
  if (negative || text.starts_with('+')) text.remove_prefix(1);
  const auto digits = take_digits(text);
  if (digits.empty() || !text.empty()) return std::nullopt;
  return negative ? -bounded(digits) : bounded(digits);
}

bool starts_chain(std::string_view in) {
  if (take_digits(in).empty()) return false;
  const char joiner = peek(in);
  for (int more = 0; more < 2; ++more) {
    if (std::string_view("./-:").find(joiner) == std::string_view::npos || peek(in) != joiner)
      return false;
    in.remove_prefix(1);
    if (take_digits(in).empty()) return false;
  }
  return true;
}

bool is_grouped_by_points(std::string_view in) {
  const auto whole = take_whole(in, decimal_sign::comma);
  const bool has_groups = whole.find('.') != std::string_view::npos;
  return has_groups && !(peek(in) == '.' && is_digit(peek(in, 1)));
}

}  // namespace retort::engine
