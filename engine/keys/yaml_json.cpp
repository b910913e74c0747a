#include "engine/keys/yaml_json.hpp"

#include <simdjson.h>

#include "io/base/json_writer.hpp"

namespace retort::engine {
namespace {

using kind = yaml_node::kind;

bool is_json_word(const std::string& text) {
  simdjson::dom::parser parser;
  simdjson::dom::element word;
  return !parser.parse(text).get(word) && !word.is_string();
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
  if (!node.quoted && is_json_word(node.text)) return json.raw(node.text);
  json.value(node.text);
}

}  // namespace

std::string to_json(const yaml_node& node) {
  std::string out;
  io::json_writer json(out);
  write(json, node);
  return out;
}

std::optional<std::string> compact_json(const std::string& text) {
  simdjson::dom::parser parser;
  simdjson::dom::element whole;
  if (parser.parse(text).get(whole)) return std::nullopt;
  return simdjson::minify(whole);
}

}  // namespace retort::engine
