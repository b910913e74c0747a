#include "engine/prompt/template_context.hpp"

#include <algorithm>
#include <charconv>
#include <span>
#include <string>
#include <vector>

#include "engine/prompt/record_json.hpp"
#include "engine/text/near_miss.hpp"
#include "io/base/one_line.hpp"

namespace retort::engine {
namespace {

using simdjson::dom::element;
using simdjson::dom::element_type;

constexpr std::size_t max_listed_fields = 12;
constexpr std::size_t max_name_bytes = 60;  // of one field's name

json_lookup element_at(simdjson::dom::array list, std::string_view index) {
  std::size_t at = 0;
  const char* const end = index.data() + index.size();
  const auto [stop, problem] = std::from_chars(index.data(), end, at);
  if (problem != std::errc() || stop != end) return simdjson::NO_SUCH_FIELD;
  return list.at(at);
}

// A member of an object, or an element of a list by its index.
json_lookup child(element parent, std::string_view key) {
  simdjson::dom::array list;
  return parent.get(list) ? parent[key] : element_at(list, key);
}

// Cuts the first key off a path.
std::string_view take_key(std::string_view& path) {
  const std::size_t dot = path.find('.');
  const std::string_view key = path.substr(0, dot);
  path.remove_prefix(dot == std::string_view::npos ? path.size() : dot + 1);
  return key;
}

const template_context* holder_of_key(const template_context& from, std::string_view key) {
  for (const template_context* each = &from; each != nullptr; each = each->outer) {
    if (!child(each->value, key).error()) return each;
  }
  return nullptr;
}

json_lookup find_outwards(const template_context& from, std::string_view key) {
  for (const template_context* each = &from; each != nullptr; each = each->outer) {
    const json_lookup found = child(each->value, key);
    if (!found.error()) return found;
  }
  return simdjson::NO_SUCH_FIELD;
}

// Why a field cannot be had; off the hot path.

std::string_view describe(element value) {
  switch (value.type()) {
    case element_type::NULL_VALUE: return "null";
    case element_type::OBJECT: return "an object";
    case element_type::ARRAY: return "a list";
    case element_type::STRING: return "a text";
    case element_type::BOOL: return "a boolean";
    default: return "a number";
  }
}

std::string quoted(std::string_view name) { return '"' + io::one_line(name, max_name_bytes) + '"'; }

void collect_keys(element value, std::vector<std::string_view>& keys) {
  simdjson::dom::object object;
  if (value.get(object)) return;
  for (const auto& [key, unused] : object) {
    if (!key.starts_with('\0')) keys.push_back(key);  // a mark of record_json.hpp
  }
}

std::string listed(std::span<const std::string_view> keys) {
  std::string list;
  for (const std::string_view key : keys.first(std::min(keys.size(), max_listed_fields))) {
    list += list.empty() ? "" : ", ";
    list += io::one_line(key, max_name_bytes);
  }
  if (keys.size() <= max_listed_fields) return list;
  return list + " and " + std::to_string(keys.size() - max_listed_fields) + " more";
}

// `; did you mean "x"? It has: a, b, x`
std::string what_there_is(std::string_view wanted, std::span<const std::string_view> keys) {
  if (keys.empty()) return "; it is empty";
  const std::string_view near = near_miss(wanted, keys);
  const std::string hint = near.empty() ? "." : "; did you mean " + quoted(near) + "?";
  return hint + " It has: " + listed(keys);
}

std::string explain_missing_field(const template_context& from, std::string_view key) {
  std::vector<std::string_view> keys;
  for (const template_context* each = &from; each != nullptr; each = each->outer) {
    collect_keys(each->value, keys);
  }
  return "the record has no field " + quoted(key) + what_there_is(key, keys);
}

std::string explain_missing_child(element parent, std::string_view path, std::string_view key) {
  const std::string what = "the field " + quoted(path);
  if (const auto odd = odd_value(parent)) return what + " is " + std::string(*odd);
  if (!parent.is_object()) {
    return what + " is " + std::string(describe(parent)) + " and has no " + quoted(key);
  }
  std::vector<std::string_view> keys;
  collect_keys(parent, keys);
  return what + " has no " + quoted(key) + what_there_is(key, keys);
}

std::string explain_missing(const template_context& from, std::string_view path) {
  std::string_view rest = path;
  std::string_view key = take_key(rest);
  element parent;
  if (find_outwards(from, key).get(parent)) return explain_missing_field(from, key);
  for (;;) {
    const std::string_view walked(path.data(),
                                  static_cast<std::size_t>(key.data() + key.size() - path.data()));
    key = take_key(rest);
    element next;
    if (child(parent, key).get(next)) return explain_missing_child(parent, walked, key);
    parent = next;
  }
}

}  // namespace

const template_context* holder_of(const template_context& from, std::string_view path) {
  std::string_view rest = path;
  const auto* const holder = holder_of_key(from, take_key(rest));
  return holder ? holder : holder_of_key(from, path);
}

json_lookup find(const template_context& from, std::string_view path) {
  if (path == ".") return element(from.value);
  std::string_view rest = path;
  json_lookup found = find_outwards(from, take_key(rest));
  element parent;
  while (!rest.empty() && !found.get(parent)) found = child(parent, take_key(rest));
  const bool has_dot = path.find('.') != path.npos;
  return found.error() && has_dot ? find_outwards(from, path) : found;
}

error explain(const template_context& from, std::string_view path) {
  element found;
  if (find(from, path).get(found)) return {errc::dataset, explain_missing(from, path)};
  const std::string name = path == "." ? "{{.}}" : "the field " + quoted(path);
  if (const auto odd = odd_value(found)) return {errc::dataset, name + " is " + std::string(*odd)};
  return {errc::dataset, name + " is " + std::string(describe(found)) +
                             "; a prompt takes a text, a number or a boolean"};
}

}  // namespace retort::engine
