#include "engine/contrast/json_numbers.hpp"

#include <charconv>
#include <cmath>

namespace retort::engine {

std::optional<json_element> below(json_element of, std::initializer_list<std::string_view> path) {
  for (const std::string_view name : path) {
    json_element next;
    if (of[name].get(next)) return std::nullopt;
    of = next;
  }
  return of;
}

std::optional<double> number_of(json_element of, std::initializer_list<std::string_view> path) {
  const auto found = below(of, path);
  double number = 0;
  if (!found || found->get(number) || !std::isfinite(number)) return std::nullopt;
  return number;
}

std::optional<double> number_in(std::string_view text) {
  double out = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), out);
  const bool is_all = read.ec == std::errc() && read.ptr == text.data() + text.size();
  return is_all && std::isfinite(out) ? std::optional(out) : std::nullopt;
}

std::string text_below(json_element of, std::initializer_list<std::string_view> path) {
  const auto found = below(of, path);
  std::string_view text;
  if (!found || found->get(text)) return "";
  return std::string(text);
}

}  // namespace retort::engine
