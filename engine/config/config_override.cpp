#include "engine/config/config_override.hpp"

#include <fmt/format.h>

#include <boost/algorithm/string/split.hpp>
#include <charconv>
#include <string>
#include <string_view>
#include <vector>

#include "engine/config/config_keys.hpp"
#include "engine/text/shown_text.hpp"

namespace retort::engine {
namespace {

using kind = yaml_node::kind;

// Where the walk along a path stands, and how messages call that place.
struct position {
  yaml_node* node;
  std::string path;
};

std::vector<std::string> names_in(const std::string& path) {
  std::vector<std::string> names;
  boost::split(names, path, [](char c) { return c == '.'; });
  return names;
}

error refuse(const override_value& change, std::string_view what) {
  return {errc::usage, fmt::format("{}: {}", change.origin, what)};
}

std::string count(std::size_t elements) {
  return elements == 1 ? "1 element" : fmt::format("{} elements", elements);
}

result<yaml_node*> element(const position& list, std::string_view name,
                           const override_value& change) {
  auto& elements = list.node->children;
  std::size_t index = 0;
  const char* end = name.data() + name.size();
  const auto [stop, failure] = std::from_chars(name.data(), end, index);
  if (failure != std::errc{} || stop != end) {
    return refuse(change, fmt::format("{} is a list; expected the number of an element, as in {}.0",
                                      list.path, list.path));
  }
  if (index < elements.size()) return &elements[index];
  return refuse(change, fmt::format("there is no {}.{}; {} has {}, counted from 0", list.path, name,
                                    list.path, count(elements.size())));
}

yaml_node* member(yaml_node& map, std::string_view name, const override_value& change) {
  map.type = kind::map;
  if (yaml_node* there = map.child(name)) return there;
  map.children.push_back(
      {.where = change.origin, .key = std::string(name), .key_where = change.origin});
  return &map.children.back();
}

result<yaml_node*> step(const position& at, std::string_view name, const override_value& change) {
  switch (at.node->type) {
    case kind::list: return element(at, name, change);
    case kind::text:
      return refuse(change,
                    fmt::format("{} is a single value; it holds no {}", at.path, shown(name)));
    default: return member(*at.node, name, change);
  }
}

bool is_unset(std::string_view value) { return value.empty() || value == "null" || value == "~"; }

bool is_in_quotes(std::string_view value) {
  const bool quote = value.starts_with('"') || value.starts_with('\'');
  return quote && value.size() > 1 && value.back() == value.front();
}

// What the table says of the key: one value, or (more) a list or a map, or either of the two.
enum class shape_of_value { one, more, either };

shape_of_value shape_of(const std::string& path) {
  const config_key* const row = find_key(path);
  if (!row) return shape_of_value::more;
  const bool is_within = pattern_at(path) != row->path;
  switch (row->kind) {
    case value_kind::text:
    case value_kind::flag:
    case value_kind::whole:
    case value_kind::real:
    case value_kind::choice: return shape_of_value::one;
    case value_kind::texts: return is_within ? shape_of_value::one : shape_of_value::either;
    case value_kind::options: return is_within ? shape_of_value::one : shape_of_value::more;
    default: return shape_of_value::more;
  }
}

// One value is the text as it is, whatever YAML would make of a "#", a ": " or a "{" in it; only
// quotes around all of it are taken off. Lists and maps are YAML, and nothing is nothing.
result<yaml_node> read_value(const override_value& change) {
  const shape_of_value shape = shape_of(change.path);
  auto parsed = parse_yaml_value(change.value, change.origin);
  if (shape == shape_of_value::more || is_unset(change.value)) return parsed;
  const bool quoted = parsed && parsed->type == kind::text && is_in_quotes(change.value);
  const bool listed = parsed && parsed->type == kind::list && shape == shape_of_value::either;
  return quoted || listed ? parsed : text_value(change.value, change.origin);
}

void replace(yaml_node& node, yaml_node value) {
  value.key = std::move(node.key);
  value.key_where = std::move(node.key_where);
  node = std::move(value);
}

}  // namespace

result<void> replace_value(yaml_node& root, const std::string& path, yaml_node value,
                           const std::string& origin) {
  const override_value change{path, "", origin};
  position at{&root, ""};
  for (const std::string& name : names_in(path)) {
    const auto next = step(at, name, change);
    if (!next) return next.error();
    at = {*next, at.path.empty() ? name : at.path + "." + name};
  }
  replace(*at.node, std::move(value));
  return boost::system::in_place_value;
}

result<void> apply_override(yaml_node& root, const override_value& change) {
  auto value = read_value(change);
  if (!value) return value.error();
  return replace_value(root, change.path, std::move(*value), change.origin);
}

}  // namespace retort::engine
