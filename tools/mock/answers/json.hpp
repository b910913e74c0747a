// What the dialects share in reading and writing JSON. One thread at a time.
#pragma once

#include <simdjson.h>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "io/base/json_writer.hpp"

namespace retort::mock {

using json_element = simdjson::dom::element;
using json_result = simdjson::simdjson_result<json_element>;

// "" for what is no text.
std::string_view text_at(json_result from);
// 0 for what is no number above it.
std::uint64_t count_at(json_result from);
bool is_true(json_result from);

// Objects and arrays whose end cannot be forgotten. `fill` writes what is in them.
template <class Fill>
void write_object(io::json_writer& json, Fill&& fill) {
  json.open_object();
  std::forward<Fill>(fill)();
  json.close_object();
}

template <class Fill>
void write_object(io::json_writer& json, std::string_view name, Fill&& fill) {
  json.key(name);
  write_object(json, std::forward<Fill>(fill));
}

template <class Fill>
void write_array(io::json_writer& json, std::string_view name, Fill&& fill) {
  json.key(name);
  json.open_array();
  std::forward<Fill>(fill)();
  json.close_array();
}

// An object as text; `fill` gets its writer.
template <class Fill>
std::string object_text(Fill&& fill) {
  std::string text;
  text.reserve(512);
  io::json_writer json(text);
  write_object(json, [&] { fill(json); });
  return text;
}

// null for "".
void write_or_null(io::json_writer& json, std::string_view name, std::string_view text);

}  // namespace retort::mock
