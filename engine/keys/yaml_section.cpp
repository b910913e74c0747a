#include "engine/keys/yaml_section.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <charconv>
#include <cmath>

#include "engine/keys/yaml_json.hpp"
#include "engine/text/near_miss.hpp"
#include "engine/text/shown_text.hpp"

namespace retort::engine {
namespace {

using kind = yaml_node::kind;

const yaml_node not_set;

std::string join(std::string_view path, std::string_view key) {
  return path.empty() ? std::string(key) : fmt::format("{}.{}", path, key);
}

std::string found(const yaml_node& node) {
  switch (node.type) {
    case kind::null: return "empty";
    case kind::list: return "a list";
    case kind::map: return "a map";
    case kind::text: break;
  }
  if (node.text.empty()) return "empty";
  return shown(node.text) + (node.quoted ? " in quotes" : "");
}

bool is_word(const yaml_node& node) { return node.type == kind::text && !node.quoted; }

using words = std::vector<std::string_view>;

bool holds(const words& all, std::string_view word) {
  return std::ranges::find(all, word) != all.end();
}

bool is_in(double value, const value_range& range) {
  return std::isfinite(value) && value <= range.high &&
         (range.above ? value > range.low : value >= range.low);
}

std::optional<std::string> to_text(const yaml_node& node, const config_key& row) {
  if (node.type != kind::text || node.text.empty()) return std::nullopt;
  if (!row.choices.empty() && !holds(row.choices, node.text)) return std::nullopt;
  return node.text;
}

std::optional<bool> to_flag(const yaml_node& node, const config_key&) {
  if (!is_word(node)) return std::nullopt;
  if (holds({"true", "True", "TRUE"}, node.text)) return true;
  if (holds({"false", "False", "FALSE"}, node.text)) return false;
  return std::nullopt;
}

std::optional<std::string> to_json_text(const yaml_node& node, const config_key& row) {
  auto text = node.type == kind::text ? compact_json(node.text) : std::optional(to_json(node));
  const char first = row.kind == value_kind::json_map ? '{' : '[';
  return text && text->starts_with(first) ? text : std::nullopt;
}

template <class T>
std::optional<T> to_number(const yaml_node& node, const config_key& row) {
  if (!is_word(node)) return std::nullopt;
  T value{};
  const char* end = node.text.data() + node.text.size();
  const auto [stop, failure] = std::from_chars(node.text.data(), end, value);
  if (failure != std::errc{} || stop != end) return std::nullopt;
  return is_in(static_cast<double>(value), row.range) ? std::optional(value) : std::nullopt;
}

std::string_view last_name(std::string_view path) { return path.substr(path.rfind('.') + 1); }

}  // namespace

void yaml_reading::fail(std::string_view where, std::string_view what) {
  if (!problem) problem = error{errc::usage, fmt::format("{}: {}", where, what)};
}

yaml_section::yaml_section(const yaml_node& root, yaml_reading& reading)
    : yaml_section(root, "", "", root.where, reading) {}

yaml_section::yaml_section(const yaml_node& node, std::string path, std::string pattern,
                           std::string where, yaml_reading& reading)
    : node_(&node),
      path_(std::move(path)),
      pattern_(std::move(pattern)),
      where_(std::move(where)),
      reading_(&reading) {
  if (node.type != kind::map && node.type != kind::null) unexpected(node, path_, "a map");
  check_names();
}

bool yaml_section::has(std::string_view key) const { return find(key) != nullptr; }

bool yaml_section::is_map(std::string_view key) const {
  const yaml_node* const node = find(key);
  return node && node->type == kind::map;
}

std::vector<std::string_view> yaml_section::names() const {
  std::vector<std::string_view> all;
  if (node_->type != kind::map) return all;
  for (const yaml_node& child : node_->children) all.push_back(child.key);
  return all;
}

std::optional<std::string> yaml_section::text(std::string_view key) { return value(key, to_text); }
std::optional<std::string> yaml_section::json(std::string_view key) {
  const yaml_node* const set = find(key);
  if (const yaml_node* const odd = set ? beyond_json(*set) : nullptr) {
    reading_->fail(odd->where,
                   fmt::format("{} holds {}; expected a number that JSON has, or a text "
                               "in quotes",
                               path_of(key), odd->text));
  }
  return value(key, to_json_text);
}
std::optional<bool> yaml_section::flag(std::string_view key) { return value(key, to_flag); }
std::optional<std::int64_t> yaml_section::whole(std::string_view key) {
  return value(key, to_number<std::int64_t>);
}
std::optional<double> yaml_section::real(std::string_view key) {
  return value(key, to_number<double>);
}

std::vector<std::string> yaml_section::texts(std::string_view key) {
  const config_key& row = row_of(key);
  const yaml_node* node = find_value(row, key);
  std::vector<std::string> all;
  if (!node) return all;
  if (node->type == kind::text) return {check(*node, path_of(key), row, to_text).value_or("")};
  if (node->type == kind::map || node->children.empty()) {
    unexpected(*node, path_of(key), expected(row));
  }
  for (const yaml_node& element : node->children) {
    const std::string path = fmt::format("{}.{}", path_of(key), all.size());
    all.push_back(check(element, path, row, to_text).value_or(""));
  }
  return all;
}

std::map<std::string, std::string> yaml_section::options(std::string_view key) {
  const config_key& row = row_of(key);
  const yaml_node* node = find_value(row, key);
  if (!node) return {};
  if (node->type != kind::map) unexpected(*node, path_of(key), expected(row));
  std::map<std::string, std::string> all;
  for (const yaml_node& option : node->children) {
    const bool single = option.type == kind::text;
    if (!single) unexpected(option, join(path_of(key), option.key), "a text or a number");
    all[option.key] = option.text;
  }
  return all;
}

std::vector<std::string> yaml_section::values(const config_key& row) {
  const std::string_view key = last_name(row.path);
  const auto one = [](auto value) -> std::vector<std::string> {
    if (!value) return {};
    return {fmt::format("{}", *value)};
  };
  switch (row.kind) {
    case value_kind::texts:
    case value_kind::choices: return texts(key);
    case value_kind::flag: return one(flag(key));
    case value_kind::whole: return one(whole(key));
    case value_kind::real: return one(real(key));
    case value_kind::json_map:
    case value_kind::json_list: return one(json(key));
    default: return one(text(key));
  }
}

std::vector<config_key> yaml_section::rows() const {
  std::vector<config_key> all;
  for (const config_key& row : reading_->keys) {
    const std::string_view name = path_below(pattern_, row.path);
    if (!name.empty() && first_name(name) == name) all.push_back(row);
  }
  return all;
}

yaml_section yaml_section::section(std::string_view key) {
  const yaml_node* node = node_->child(key);
  return yaml_section(node ? *node : not_set, path_of(key), pattern_of(key),
                      node ? node->key_where : where_, *reading_);
}

std::vector<yaml_section> yaml_section::sections(std::string_view key) {
  const yaml_node* node = find(key);
  if (node && node->type != kind::list) unexpected(*node, path_of(key), "a list");
  if (!node || node->type != kind::list) return {};
  std::vector<yaml_section> all;
  for (const yaml_node& element : node->children) {
    const std::string path = fmt::format("{}.{}", path_of(key), all.size());
    all.push_back({element, path, pattern_of(key) + "[]", element.where, *reading_});
  }
  return all;
}

void yaml_section::fail(std::string_view key, std::string_view what) {
  const yaml_node* node = find(key);
  reading_->fail(node ? node->where : where_, fmt::format("{} {}", path_of(key), what));
}

void yaml_section::fail(std::string_view what) {
  reading_->fail(where_, fmt::format("{} {}", path_, what));
}

const yaml_node* yaml_section::find(std::string_view key) const {
  const yaml_node* node = node_->child(key);
  return node && node->type != kind::null ? node : nullptr;
}

const yaml_node* yaml_section::find_value(const config_key& row, std::string_view key) {
  const yaml_node* node = find(key);
  if (!node && row.is_required()) fail(key, "is required: expected " + expected(row));
  return node;
}

template <class T>
std::optional<T> yaml_section::value(std::string_view key, converter<T> convert) {
  const config_key& row = row_of(key);
  const yaml_node* node = find_value(row, key);
  return node ? check(*node, path_of(key), row, convert) : std::nullopt;
}

template <class T>
std::optional<T> yaml_section::check(const yaml_node& node, std::string_view path,
                                     const config_key& row, converter<T> convert) {
  auto value = convert(node, row);
  if (!value) unexpected(node, path, expected(row) + did_you_mean(node.text, row.choices));
  return value;
}

const config_key& yaml_section::row_of(std::string_view key) const {
  const auto row = std::ranges::find(reading_->keys, pattern_of(key), &config_key::path);
  assert(row != reading_->keys.end());
  return *row;
}

std::string yaml_section::path_of(std::string_view key) const { return join(path_, key); }
std::string yaml_section::pattern_of(std::string_view key) const { return join(pattern_, key); }

void yaml_section::check_names() {
  if (node_->type != kind::map) return;
  const auto accepted = accepted_names(reading_->keys, pattern_);
  for (const yaml_node& child : node_->children) {
    if (!holds(accepted, child.key)) return reading_->fail(child.key_where, unknown(child.key));
  }
}

std::string yaml_section::unknown(std::string_view name) const {
  const auto row = std::ranges::find(reading_->keys, pattern_of(name), &config_key::path);
  if (row != reading_->keys.end()) return fmt::format("{}: {}", path_of(name), row->meaning);

  std::string message = "unknown key " + shown(name);
  if (!path_.empty()) message += " in " + path_;
  const auto accepted = accepted_names(reading_->keys, pattern_);
  const std::string near = did_you_mean(name, accepted);
  const std::string_view other = elsewhere(name);
  if (!near.empty()) return message + near;
  if (!other.empty()) return fmt::format("{}; did you mean {}?", message, other);
  if (accepted.empty()) return message + "; it takes no keys";
  return fmt::format("{}; known are {}", message, fmt::join(accepted, ", "));
}

// The one key of another section that has this name, or "".
std::string_view yaml_section::elsewhere(std::string_view name) const {
  std::string_view only;
  for (const config_key& row : reading_->keys) {
    if (row.kind == value_kind::refused || !row.is_listed) continue;
    if (last_name(row.path) != name) continue;
    if (!only.empty()) return "";
    only = row.path;
  }
  return only;
}

void yaml_section::unexpected(const yaml_node& node, std::string_view path,
                              std::string_view expected) {
  reading_->fail(node.where, fmt::format("{} is {}; expected {}", path, found(node), expected));
}

}  // namespace retort::engine
