#include "engine/config/config_vary.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <utility>

#include "engine/config/config_keys.hpp"
#include "engine/config/config_override.hpp"
#include "engine/text/near_miss.hpp"
#include "engine/text/shown_text.hpp"
#include "io/base/json_writer.hpp"

namespace retort::engine {
namespace {

using axes = std::vector<vary_axis>;

error at_place(const std::string& where, std::string_view what) {
  return {errc::usage, fmt::format("{}: {}", where, what)};
}

std::string found(const yaml_node& node) {
  if (node.type == yaml_node::kind::list) return "a list";
  return node.type == yaml_node::kind::map ? "a map" : shown(node.text);
}

// What decides an answer and is of one model or another alike.
std::vector<std::string_view> varying_keys() {
  std::vector<std::string_view> all{"prompt.system", "prompt.user"};
  for (const config_key& row : config_keys()) {
    if (first_name(row.path) == "sampling") all.push_back(row.path);
  }
  return all;
}

error may_not_vary(const yaml_node& node, const std::string& path) {
  const auto known = varying_keys();
  std::string why = did_you_mean(path, known);
  if (first_name(path) == "models") why = "; several models are listed in models";
  if (why.empty()) why = "; expected keys of sampling, prompt.system or prompt.user";
  return at_place(node.key_where,
                  fmt::format("vary: {} is no key that can vary{}", shown(path), why));
}

// Only an override may name again what the file names.
result<void> add_axis(const yaml_node& node, std::string path, axes& all) {
  if (node.type != yaml_node::kind::list || node.children.empty()) {
    return at_place(node.where, fmt::format("vary.{} is {}; expected a list of one value or more",
                                            path, found(node)));
  }
  const auto there = std::ranges::find(all, path, &vary_axis::path);
  if (there == all.end()) {
    all.push_back({std::move(path), node.children});
    return {};
  }
  if (!node.where.starts_with("--")) {
    return at_place(node.key_where, fmt::format("vary.{} is there twice", path));
  }
  there->values = node.children;
  return {};
}

result<void> collect(const yaml_node& within, const std::string& above, axes& all) {
  const auto known = varying_keys();
  for (const yaml_node& node : within.children) {
    if (node.type == yaml_node::kind::null) continue;
    std::string path = above.empty() ? node.key : fmt::format("{}.{}", above, node.key);
    const bool is_key = std::ranges::find(known, path) != known.end();
    const bool is_above = std::ranges::any_of(
        known, [&](std::string_view key) { return !path_below(path, key).empty(); });
    if (!is_key && !(is_above && node.type == yaml_node::kind::map)) {
      return may_not_vary(node, path);
    }
    auto added = is_key ? add_axis(node, std::move(path), all) : collect(node, path, all);
    if (!added) return added;
  }
  return {};
}

// A value as the table has it: numbers as short as can be, an unset one null.
std::string as_json(const config_key& row, const std::vector<std::string>& values) {
  if (values.empty()) return "null";
  const bool listed = row.kind == value_kind::texts;
  const bool quoted = listed || row.kind == value_kind::text || row.kind == value_kind::choice;
  if (!quoted) return values.front();
  std::string out;
  io::json_writer json(out);
  if (listed) json.open_array();
  for (const std::string& each : values) json.value(each);
  if (listed) json.close_array();
  return out;
}

std::string value_at(const yaml_node& root, const std::string& path, yaml_reading& reading) {
  yaml_section at(root, reading);
  std::string_view rest = path;
  for (auto name = first_name(rest); name != rest; name = first_name(rest)) {
    at = at.section(name);
    rest.remove_prefix(name.size() + 1);
  }
  const config_key& row = *find_key(path);
  return as_json(row, at.values(row));
}

result<std::vector<varied_key>> keys_of(yaml_node root, const axes& all) {
  std::vector<varied_key> keys;
  keys.reserve(all.size());
  yaml_reading reading{config_keys()};
  for (const vary_axis& axis : all) {
    varied_key& key = keys.emplace_back();
    key.path = axis.path;
    for (const yaml_node& value : axis.values) {
      auto set = replace_value(root, axis.path, value, value.where);
      if (!set) return set.error();
      key.values.push_back(value_at(root, axis.path, reading));
      if (reading.problem) return *reading.problem;
      if (std::ranges::count(key.values, key.values.back()) == 1) continue;
      return at_place(value.where, fmt::format("vary.{}.{} is {} again", axis.path,
                                               key.values.size() - 1, shown(key.values.back())));
    }
  }
  return keys;
}

std::string name_of(const std::vector<varied_key>& keys, const std::vector<std::size_t>& values) {
  std::string out;
  io::json_writer json(out);
  json.open_object();
  for (std::size_t i = 0; i < keys.size(); ++i) {
    json.foreign_key(keys[i].path);
    json.raw(keys[i].values[values[i]]);
  }
  json.close_object();
  return out;
}

}  // namespace

std::size_t combinations_of(const axes& all) {
  std::size_t product = 1;
  for (const vary_axis& one : all) {
    product =
        std::min(product, max_combinations + 1) * std::min(one.values.size(), max_combinations + 1);
  }
  return product;
}

result<axes> axes_of(const yaml_node& root) {
  axes all;
  const yaml_node* const vary = root.child("vary");
  if (!vary || vary->type == yaml_node::kind::null) return all;
  if (vary->type != yaml_node::kind::map) {
    return at_place(vary->where, fmt::format("vary is {}; expected {}", found(*vary),
                                             expected(*find_key("vary"))));
  }
  auto collected = collect(*vary, "", all);
  if (!collected) return collected.error();
  if (combinations_of(all) > max_combinations) {
    return at_place(vary->key_where, fmt::format("vary has more than {} combinations; expected "
                                                 "fewer keys, or fewer values of them",
                                                 max_combinations));
  }
  std::ranges::sort(all, {}, &vary_axis::path);
  return all;
}

std::vector<std::size_t> values_of(const axes& all, std::size_t combination) {
  std::vector<std::size_t> values(all.size());
  for (std::size_t i = all.size(); i-- > 0;) {
    values[i] = combination % all[i].values.size();
    combination /= all[i].values.size();
  }
  return values;
}

result<void> set_values(yaml_node& root, const axes& all, const std::vector<std::size_t>& values) {
  for (std::size_t i = 0; i < all.size(); ++i) {
    const yaml_node& value = all[i].values[values[i]];
    auto set = replace_value(root, all[i].path, value, value.where);
    if (!set) return set;
  }
  return {};
}

result<void> read_variations(yaml_node root, const axes& all, variation_reader read, config& into) {
  if (all.empty()) return {};
  auto keys = keys_of(root, all);
  if (!keys) return keys.error();
  into.vary = std::move(*keys);
  const std::size_t combinations = combinations_of(all);
  into.variations.resize(combinations);
  for (std::size_t i = 0; i < combinations; ++i) {
    const auto values = values_of(all, i);
    auto set = set_values(root, all, values);
    if (!set) return set;
    yaml_reading reading{config_keys()};
    read(yaml_section(root, reading), into.variations[i]);
    if (reading.problem) return *reading.problem;
    into.variations[i].values = name_of(into.vary, values);
  }
  return {};
}

}  // namespace retort::engine
