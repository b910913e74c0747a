#include "engine/number/json_scalar.hpp"

#include <fmt/format.h>
#include <simdjson.h>

#include <charconv>

#include "engine/text/text.hpp"

namespace retort::engine {
namespace {

namespace ondemand = simdjson::ondemand;
using simdjson::error_code;
using simdjson::simdjson_result;

// No answer nests deeper; a hostile "[[[[..." must not exhaust the stack.
constexpr int max_nesting = 64;

// "```json\n...\n```" without the fence.
std::string_view without_fence(std::string_view text) {
  constexpr std::string_view fence = "```";
  text = trim(text);
  if (!text.starts_with(fence) || !text.ends_with(fence)) return text;
  const std::size_t first_line = text.find('\n');
  if (first_line == std::string_view::npos) return text;
  return text.substr(first_line, text.size() - fence.size() - first_line);
}

error_code check(ondemand::value value, int depth);

error_code check_array(ondemand::value value, int depth) {
  ondemand::array array;
  if (const auto bad = value.get_array().get(array)) return bad;
  for (auto element : array) {
    ondemand::value inner;
    if (const auto bad = element.get(inner)) return bad;
    if (const auto bad = check(inner, depth + 1)) return bad;
  }
  return simdjson::SUCCESS;
}

error_code check_object(ondemand::value value, int depth) {
  ondemand::object object;
  if (const auto bad = value.get_object().get(object)) return bad;
  for (auto member : object) {
    ondemand::field field;
    if (const auto bad = std::move(member).get(field)) return bad;
    if (const auto bad = field.unescaped_key().error()) return bad;
    if (const auto bad = check(field.value(), depth + 1)) return bad;
  }
  return simdjson::SUCCESS;
}

// simdjson's lazy reader looks only at what it is asked for; this asks for everything.
error_code check(ondemand::value value, int depth) {
  if (depth > max_nesting) return simdjson::DEPTH_ERROR;
  ondemand::json_type type;
  if (const auto bad = value.type().get(type)) return bad;
  switch (type) {
    case ondemand::json_type::array: return check_array(value, depth);
    case ondemand::json_type::object: return check_object(value, depth);
    case ondemand::json_type::string: return value.get_string().error();
    case ondemand::json_type::number: return value.get_double().error();
    case ondemand::json_type::boolean: return value.get_bool().error();
    case ondemand::json_type::null: return value.is_null().error();
  }
  return simdjson::TAPE_ERROR;
}

error_code check(ondemand::document& document) {
  ondemand::value root;
  if (const auto bad = document.get_value().get(root)) return bad;
  if (const auto bad = check(root, 0)) return bad;
  const bool at_end = document.current_location().error() == simdjson::OUT_OF_BOUNDS;
  document.rewind();
  return at_end ? simdjson::SUCCESS : simdjson::TRAILING_CONTENT;
}

// The last of that name, as every parser has it. Each key is unescaped once: there is room for
// that.
simdjson_result<ondemand::value> member(ondemand::value from, std::string_view name) {
  ondemand::object object;
  if (const auto bad = from.get_object().get(object)) return bad;
  std::size_t behind = 0, count = 0;
  for (auto each : object) {
    ondemand::field field;
    std::string_view key;
    if (const auto bad = std::move(each).get(field)) return bad;
    if (const auto bad = field.unescaped_key().get(key)) return bad;
    ++count;
    if (key == name) behind = count;
  }
  if (behind == 0) return simdjson::NO_SUCH_FIELD;
  if (const auto bad = object.reset().error()) return bad;
  for (auto each : object) {
    ondemand::field field;
    if (const auto bad = std::move(each).get(field)) return bad;
    if (--behind == 0) return std::move(field).value();
  }
  return simdjson::NO_SUCH_FIELD;
}

simdjson_result<ondemand::value> element(ondemand::value from, std::string_view position) {
  ondemand::array array;
  if (const auto bad = from.get_array().get(array)) return bad;
  std::size_t index = 0;
  const auto [end, bad] = std::from_chars(position.begin(), position.end(), index);
  if (bad != std::errc{} || end != position.end()) return simdjson::NO_SUCH_FIELD;
  return array.at(index);
}

simdjson_result<ondemand::value> step(ondemand::value from, std::string_view key) {
  ondemand::json_type type;
  if (const auto bad = from.type().get(type)) return bad;
  return type == ondemand::json_type::array ? element(from, key) : member(from, key);
}

simdjson_result<ondemand::value> walk(ondemand::document& document,
                                      std::span<const std::string> path) {
  simdjson_result<ondemand::value> at = document.get_value();
  for (const auto& key : path) {
    ondemand::value from;
    if (const auto bad = at.get(from)) return bad;
    at = step(from, key);
  }
  return at;
}

json_scalar not_json(std::string why) { return {std::nullopt, std::move(why)}; }
json_scalar no_value(std::string why) { return {std::nullopt, std::move(why), true}; }

json_scalar text_of(ondemand::value value) {
  switch (value.type().value_unsafe()) {
    case ondemand::json_type::string:
      return {std::string(value.get_string().value_unsafe()), "", true};
    case ondemand::json_type::number:
    case ondemand::json_type::boolean: return {std::string(trim(value.raw_json_token())), "", true};
    case ondemand::json_type::object: return no_value("the field holds an object");
    case ondemand::json_type::array: return no_value("the field holds an array");
    case ondemand::json_type::null: break;
  }
  return no_value("the field is null");
}

}  // namespace

json_scalar find_json_scalar(std::string_view json, std::span<const std::string> path) {
  thread_local ondemand::parser parser;
  thread_local std::string padded;  // the parser reads beyond the end, which a view cannot allow
  json = without_fence(json);
  padded.reserve(json.size() + simdjson::SIMDJSON_PADDING);
  padded = json;
  ondemand::document document;
  if (parser.iterate(padded).get(document)) return not_json("no JSON");
  if (check(document)) return not_json("no valid JSON");
  ondemand::value found;
  if (walk(document, path).get(found)) {
    return no_value(
        fmt::format("the JSON has no \"{}\"", excerpt(fmt::format("{}", fmt::join(path, ".")))));
  }
  return text_of(found);
}

}  // namespace retort::engine
