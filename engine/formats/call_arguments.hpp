// What a model calls a tool with: JSON, as it wrote it. Pure; any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace retort::engine {

bool is_json_object(std::string_view text);

// A JSON object without its white space, each value spelt as it is there, however large a number;
// nothing where the text is none.
std::optional<std::string> exact_object(std::string_view text);

}  // namespace retort::engine
