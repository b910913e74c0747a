#include "providers/body/json_fields.hpp"

#include <algorithm>
#include <charconv>
#include <optional>

#include "providers/body/types.hpp"

namespace retort::providers {
namespace {

constexpr double most_counted = 0x1p62;

// A number, or a text that is one.
std::optional<double> number_at(json_result value) {
  double number = 0;
  if (!value.get(number)) return number;
  std::string_view text;
  if (value.get(text)) return std::nullopt;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool is_whole = problem == std::errc() && end == text.data() + text.size();
  return is_whole ? std::optional(number) : std::nullopt;
}

}  // namespace

std::string_view text_at(json_result value) {
  std::string_view text;
  return value.get(text) ? std::string_view() : text;
}

void take_text(json_result value, std::string& into) {
  const std::string_view text = text_at(value);
  if (!text.empty()) into = text;
}

std::int64_t count_at(json_result value, std::int64_t otherwise) {
  std::int64_t count = 0;
  if (!value.get(count)) return count < 0 ? otherwise : count;
  const auto number = number_at(std::move(value));
  if (!number || !(*number >= 0)) return otherwise;  // NaN is not
  return static_cast<std::int64_t>(std::min(*number, most_counted));
}

std::int64_t tokens_at(json_result value) {
  return std::min(count_at(std::move(value)), most_tokens);
}

bool flag_at(json_result value) {
  bool flag = false;
  return !value.get(flag) && flag;
}

bool append_text(json_result value, std::string& out) {
  std::string_view text;
  if (value.get(text) == simdjson::SUCCESS) {
    out += text;
    return true;
  }
  return value.error() == simdjson::NO_SUCH_FIELD || value.is_null();
}

}  // namespace retort::providers
