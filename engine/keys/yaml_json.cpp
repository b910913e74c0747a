#include "engine/keys/yaml_json.hpp"

#include <charconv>
#include <cmath>
#include <cstdlib>
#include <string_view>

#include "io/base/json_writer.hpp"
#include "providers/body/json_parser.hpp"

namespace retort::engine {
namespace {

using kind = yaml_node::kind;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// 0x10 and 0o17; nothing for another thing, and for what 64 bits do not hold.
std::optional<std::string> whole_of_base(std::string_view text) {
  const int base = text.starts_with("0x") ? 16 : text.starts_with("0o") ? 8 : 0;
  if (base == 0) return std::nullopt;
  std::uint64_t value = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, problem] = std::from_chars(text.data() + 2, end, value, base);
  if (problem != std::errc() || stop != end) return std::nullopt;
  return std::to_string(value);
}

// A number by YAML's core schema in JSON's spelling; as it stands where that is JSON's.
std::optional<std::string> number_in_json(std::string_view text) {
  if (auto whole = whole_of_base(text)) return whole;
  const bool has_sign = text.starts_with('+') || text.starts_with('-');
  std::string out(text.starts_with('-') ? "-" : "");
  text.remove_prefix(has_sign);
  const std::size_t point = text.find('.');
  const std::size_t behind = point + 1;
  if (point == 0 && (behind == text.size() || !is_digit(text[behind]))) return std::nullopt;
  if (point == 0) out += '0';
  out += text;
  const bool ends_in_point =
      point != text.npos && (behind == text.size() || text[behind] == 'e' || text[behind] == 'E');
  if (ends_in_point) out.insert(out.size() - (text.size() - behind), 1, '0');
  return providers::is_json_number(out) ? std::optional(out) : std::nullopt;
}

bool is_json_word(std::string_view text) {
  return text == "true" || text == "false" || text == "null";
}

// 1e400, which whoever reads it takes for an error or for infinity.
bool is_beyond_doubles(std::string_view text) {
  const auto number = number_in_json(text);
  return number && std::isinf(std::strtod(number->c_str(), nullptr));
}

// Numbers to YAML, of which JSON has no like, or none that its readers hold.
bool is_unsayable(std::string_view text) {
  const bool has_sign = text.starts_with('+') || text.starts_with('-');
  for (const std::string_view word : {".inf", ".Inf", ".INF", ".nan", ".NaN", ".NAN"}) {
    if (text.substr(has_sign) == word) return true;
  }
  return is_beyond_doubles(text);
}

void write(io::json_writer& json, const yaml_node& node);

void write_map(io::json_writer& json, const yaml_node& node) {
  json.open_object();
  for (const yaml_node& child : node.children) {
    json.foreign_key(child.key);
    write(json, child);
  }
  json.close_object();
}

void write_list(io::json_writer& json, const yaml_node& node) {
  json.open_array();
  for (const yaml_node& child : node.children) write(json, child);
  json.close_array();
}

void write(io::json_writer& json, const yaml_node& node) {
  switch (node.type) {
    case kind::null: return json.raw("null");
    case kind::map: return write_map(json, node);
    case kind::list: return write_list(json, node);
    case kind::text: break;
  }
  const auto number = node.quoted ? std::nullopt : number_in_json(node.text);
  if (number) return json.raw(*number);
  if (!node.quoted && is_json_word(node.text)) return json.raw(node.text);
  json.value(node.text);
}

}  // namespace

const yaml_node* beyond_json(const yaml_node& node) {
  if (node.type == kind::text && !node.quoted && is_unsayable(node.text)) return &node;
  for (const yaml_node& child : node.children) {
    if (const yaml_node* const found = beyond_json(child)) return found;
  }
  return nullptr;
}

std::string to_json(const yaml_node& node) {
  std::string out;
  io::json_writer json(out);
  write(json, node);
  return out;
}

std::optional<std::string> compact_json(const std::string& text) {
  providers::json_parser parser;
  simdjson::dom::element whole;
  if (parse_any_numbers(parser, text).get(whole)) return std::nullopt;
  return providers::exact_json(whole);
}

}  // namespace retort::engine
