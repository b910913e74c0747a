#include "engine/formats/call_arguments.hpp"

#include "providers/body/json_parser.hpp"

namespace retort::engine {

// Whether a text is an object is a question of its grammar alone.
bool is_json_object(std::string_view text) {
  thread_local providers::json_parser parser;
  return parse_any_numbers(parser, text).is_object();
}

std::optional<std::string> exact_object(std::string_view text) {
  if (!is_json_object(text)) return std::nullopt;
  std::string out(text.size(), '\0');
  std::size_t size = 0;
  if (simdjson::minify(text.data(), text.size(), out.data(), size)) return std::nullopt;
  out.resize(size);
  return out;
}

}  // namespace retort::engine
