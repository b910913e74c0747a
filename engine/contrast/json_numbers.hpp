// Numbers and texts of a foreign file, mostly JSON, any of which may be missing. Pure; any thread.
#pragma once

#include <simdjson.h>

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

namespace retort::engine {

using json_element = simdjson::dom::element;

// The element below these members; nothing where one is missing.
std::optional<json_element> below(json_element of, std::initializer_list<std::string_view> path);
// Finite; nothing for anything else.
std::optional<double> number_of(json_element of, std::initializer_list<std::string_view> path);
// Of a text that is one from end to end.
std::optional<double> number_in(std::string_view text);
// "" for anything else.
std::string text_below(json_element of, std::initializer_list<std::string_view> path);

}  // namespace retort::engine
