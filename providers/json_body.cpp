#include "providers/json_body.hpp"

#include <charconv>
#include <optional>
#include <string_view>

namespace retort::providers {
namespace {

constexpr std::size_t escape_size = 6;  // \uXXXX

// The UTF-16 unit of the \uXXXX at `at`; nothing when there is another thing.
std::optional<unsigned> escaped_unit(std::string_view json, std::size_t at) {
  const std::string_view escape = json.substr(std::min(at, json.size()), escape_size);
  if (escape.size() < escape_size || !escape.starts_with("\\u")) return std::nullopt;
  unsigned unit = 0;
  const char* const end = escape.data() + escape.size();
  const auto [stop, problem] = std::from_chars(escape.data() + 2, end, unit, 16);
  if (problem != std::errc() || stop != end) return std::nullopt;
  return unit;
}

bool is_high(unsigned unit) { return unit >= 0xd800 && unit < 0xdc00; }
bool is_low(unsigned unit) { return unit >= 0xdc00 && unit < 0xe000; }

// The escape of U+FFFD is as long as the one it replaces, so nothing moves. Backslashes occur in
// strings only, hence no tokens need be told apart.
std::string without_lone_surrogates(std::string json) {
  for (std::size_t at = json.find('\\'); at < json.size(); at = json.find('\\', at)) {
    const auto unit = escaped_unit(json, at);
    if (unit && is_high(*unit) && is_low(escaped_unit(json, at + escape_size).value_or(0))) {
      at += 2 * escape_size;
    } else if (unit && (is_high(*unit) || is_low(*unit))) {
      json.replace(at, escape_size, "\\ufffd");
      at += escape_size;
    } else {
      at += unit ? escape_size : 2;
    }
  }
  return json;
}

}  // namespace

json_result parse_json_body(const std::string& body) {
  thread_local simdjson::dom::parser parser;
  const auto document = parser.parse(body);
  if (document.error() != simdjson::STRING_ERROR) return document;
  return parser.parse(without_lone_surrogates(body));
}

}  // namespace retort::providers
