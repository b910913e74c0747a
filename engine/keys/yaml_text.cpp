#include "engine/keys/yaml_text.hpp"

#include <string_view>

#include "io/base/json_writer.hpp"

namespace retort::engine {
namespace {

// What may stand bare between brackets, and is not the beginning of a list.
bool is_bare(const yaml_node& of) {
  constexpr std::string_view plain =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._+-";
  return !of.quoted && !of.text.empty() && of.text != "-" && of.text != "---" &&
         of.text.find_first_not_of(plain) == std::string::npos;
}

void append_text(std::string& to, const yaml_node& of) {
  if (is_bare(of)) {
    to += of.text;
  } else {
    io::append_json_string(to, of.text);
  }
}

void append_named(std::string& to, const yaml_node& of);

void append_node(std::string& to, const yaml_node& of) {
  using enum yaml_node::kind;
  if (of.type == null) to += "null";
  if (of.type == text) append_text(to, of);
  if (of.type != list && of.type != map) return;
  to += of.type == list ? '[' : '{';
  for (std::size_t i = 0; i < of.children.size(); ++i) {
    if (i > 0) to += ", ";
    of.type == list ? append_node(to, of.children[i]) : append_named(to, of.children[i]);
  }
  to += of.type == list ? ']' : '}';
}

void append_named(std::string& to, const yaml_node& of) {
  io::append_json_string(to, of.key);
  to += ": ";
  append_node(to, of);
}

}  // namespace

std::string to_yaml(const yaml_node& map) {
  std::string out;
  for (const yaml_node& child : map.children) {
    append_named(out, child);
    out += '\n';
  }
  return out;
}

}  // namespace retort::engine
