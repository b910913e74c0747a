// One scalar out of the JSON that a model wrote. Any thread (the parser behind it is the thread's).
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace retort::engine {

struct json_scalar {
  std::optional<std::string> text;
  std::string problem;   // why there is no text, in a few words
  bool is_json = false;  // the text was one whole, valid document
};

// The text of the string, number or boolean at `path` (names of fields, 0-based positions in
// arrays): a string without its escapes, a number with every digit it was written with, else
// "true" or "false". `json` must be one whole, valid document whose root is an object or an array;
// a Markdown fence around it is forgiven. Of members with one name the first counts.
json_scalar find_json_scalar(std::string_view json, std::span<const std::string> path);

}  // namespace retort::engine
