#include "engine/contrast/json_numbers.hpp"

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

std::string text_below(json_element of, std::initializer_list<std::string_view> path) {
  const auto found = below(of, path);
  std::string_view text;
  if (!found || found->get(text)) return "";
  return std::string(text);
}

}  // namespace retort::engine
