#include "engine/keys/config_key.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace retort::engine {
namespace {

std::string joined(const std::vector<std::string_view>& words) {
  const auto last = words.end() - 1;
  return fmt::format("{}{}{}", fmt::join(words.begin(), last, ", "), words.size() > 1 ? " or " : "",
                     *last);
}

std::string expected_number(std::string_view kind, const value_range& range) {
  if (std::isinf(range.high)) {
    return fmt::format("a {} {} {}", kind, range.above ? "above" : "of at least", range.low);
  }
  if (!range.above) return fmt::format("a {} from {} to {}", kind, range.low, range.high);
  return fmt::format("a {} above {} and up to {}", kind, range.low, range.high);
}

}  // namespace

namespace rows {

config_key key(shapes what, std::string_view path, value_kind kind, std::string_view default_value,
               std::string_view meaning) {
  return {what, path, kind, std::string(default_value), meaning};
}

config_key ranged(shapes what, std::string_view path, value_kind kind, value_range range,
                  std::string_view default_value, std::string_view meaning) {
  return {what, path, kind, std::string(default_value), meaning, range};
}

config_key one_of(shapes what, std::string_view path, std::vector<std::string_view> choices,
                  std::string_view default_value, std::string_view meaning) {
  return {what,    path, value_kind::choice, std::string(default_value),
          meaning, {},   std::move(choices)};
}

config_key some_of(shapes what, std::string_view path, std::vector<std::string_view> choices,
                   std::string_view default_value, std::string_view meaning) {
  return {what,    path, value_kind::choices, std::string(default_value),
          meaning, {},   std::move(choices)};
}

}  // namespace rows

bool config_key::is_required() const { return default_value == rows::required; }

std::string_view name(shapes what) {
  switch (what) {
    case shapes::answers: return "answers";
    case shapes::verdicts: return "verdicts";
    case shapes::views: return "views";
    case shapes::speed: return "speed";
  }
  return "";
}

std::string_view first_name(std::string_view path) {
  return path.substr(0, path.find_first_of(".["));
}

std::string_view path_below(std::string_view section, std::string_view path) {
  if (section.empty()) return path;
  if (!path.starts_with(section) || !path.substr(section.size()).starts_with('.')) return "";
  return path.substr(section.size() + 1);
}

std::string expected(const config_key& key) {
  switch (key.kind) {
    case value_kind::text: return "text";
    case value_kind::texts: return "text or a list of texts";
    case value_kind::flag: return "true or false";
    case value_kind::whole: return expected_number("whole number", key.range);
    case value_kind::real: return expected_number("number", key.range);
    case value_kind::choice: return joined(key.choices);
    case value_kind::choices: return joined(key.choices) + ", or a list of these";
    case value_kind::options: return "a map of texts and numbers";
    case value_kind::lists: return "a map of keys, each with a list of values";
    case value_kind::json_map: return "a map, or a JSON object as text";
    case value_kind::json_list: return "a list, or a JSON array as text";
    case value_kind::section: return "an empty map";
    case value_kind::refused: return "nothing";
  }
  return "";
}

std::vector<std::string_view> accepted_names(std::span<const config_key> keys,
                                             std::string_view pattern) {
  std::vector<std::string_view> names;
  for (const config_key& key : keys) {
    const std::string_view name = first_name(path_below(pattern, key.path));
    if (name.empty() || key.kind == value_kind::refused) continue;
    if (std::ranges::find(names, name) == names.end()) names.push_back(name);
  }
  return names;
}

}  // namespace retort::engine
