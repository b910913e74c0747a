#include "engine/number/number_markup.hpp"

#include "engine/number/number_reading.hpp"
#include "engine/number/number_text.hpp"

namespace retort::engine {
namespace {

// "{...}" without its braces. A group that is never closed is a text cut short: it takes all.
std::string_view take_group(std::string_view& in) {
  std::size_t depth = 0;
  for (std::size_t at = 0; at < in.size(); ++at) {
    if (in[at] == '{') ++depth;
    if (in[at] != '}' || --depth != 0) continue;
    const auto inside = in.substr(1, at - 1);
    in.remove_prefix(at + 1);
    return inside;
  }
  in = {};
  return {};
}

// What is in "(...)"; the bracket alone where it is not closed soon.
std::string_view take_bracketed(std::string_view& in) {
  constexpr std::size_t longest = 64;
  const auto end = in.substr(0, longest).find(')');
  const bool is_closed = end != std::string_view::npos;
  const auto inside = is_closed ? without_spaces_around(in.substr(1, end - 1)) : in.substr(0, 1);
  in.remove_prefix(is_closed ? end + 1 : 1);
  return inside;
}

}  // namespace

void take_subscript(std::string_view& in) {
  if (peek(in) != '_') return;
  if (peek(in, 1) == '{') {
    in.remove_prefix(1);
    take_group(in);
  } else if (is_alphanumeric(peek(in, 1))) {
    in.remove_prefix(1);
    take_while(in, is_alphanumeric);
  }
}

bool starts_power(std::string_view in) {
  if (in.starts_with("**")) {
    const char next = peek(in, 2);
    return is_alphanumeric(next) || next == '-' || next == '(' || next == '{';
  }
  return peek(in) == '^';
}

std::string_view take_power(std::string_view& in) {
  in.remove_prefix(in.starts_with("**") ? 2 : 1);
  take_while(in, is_space);
  if (in.starts_with('{')) {
    auto inside = without_spaces_around(take_group(in));
    while (inside.starts_with('{') && inside.ends_with('}'))  // \text{th}
      inside = without_spaces_around(inside.substr(1, inside.size() - 2));
    return inside;
  }
  if (in.starts_with('(')) return take_bracketed(in);
  const std::string_view all = in;
  if (peek(in) == '-' || peek(in) == '+') in.remove_prefix(1);
  if (peek(in) == sign::degree || peek(in) == sign::symbol)
    in.remove_prefix(1);
  else
    take_name(in, ".");
  return all.substr(0, all.size() - in.size());
}

std::optional<decimal> take_argument(std::string_view& in, decimal_sign style) {
  take_while(in, is_space);
  if (is_digit(peek(in))) {
    const decimal taken{.whole = in.substr(0, 1)};
    in.remove_prefix(1);
    return taken;
  }
  if (!in.starts_with('{')) {
    if (!in.empty()) in.remove_prefix(1);
    return std::nullopt;
  }
  std::string_view inside = without_spaces_around(take_group(in));
  const bool negative = inside.starts_with('-');
  if (negative) inside.remove_prefix(1);
  if (!starts_decimal(inside)) return std::nullopt;
  decimal taken = take_decimal(inside, style);
  taken.negative = negative;
  if (!inside.empty()) return std::nullopt;
  return taken;
}

}  // namespace retort::engine
