#include "engine/formats/call_arguments.hpp"

#include <simdjson.h>

#include <algorithm>

namespace retort::engine {
namespace {

bool is_object(std::string_view text) {
  thread_local simdjson::dom::parser parser;
  simdjson::dom::object object;
  return !parser.parse(text.data(), text.size()).get(object);
}

std::size_t end_of_string(std::string_view text, std::size_t begin) {
  std::size_t end = begin + 1;
  while (end < text.size() && text[end] != '"') end += text[end] == '\\' ? 2 : 1;
  return std::min(end + 1, text.size());
}

bool is_part_of_number(char c) {
  return (c >= '0' && c <= '9') || std::string_view("+-.eE").find(c) != std::string_view::npos;
}

// A whole number that the parser may not hold becomes one that it does: whether the text is an
// object is a question of its grammar alone.
std::string_view shown_to_parser(std::string_view token) {
  constexpr std::size_t always_fit = 18;  // digits, in 64 bits
  const std::string_view digits = token.substr(token.starts_with('-'));
  const bool is_large = digits.size() > always_fit && digits[0] != '0' &&
                        digits.find_first_not_of("0123456789") == digits.npos;
  return is_large ? "1" : token;
}

std::string without_large_numbers(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    std::size_t end = at + 1;
    if (text[at] == '"') {
      end = end_of_string(text, at);
    } else if (is_part_of_number(text[at])) {
      while (end < text.size() && is_part_of_number(text[end])) ++end;
    }
    const auto token = text.substr(at, end - at);
    out += token[0] == '"' ? token : shown_to_parser(token);
    at = end;
  }
  return out;
}

}  // namespace

bool is_json_object(std::string_view text) {
  return is_object(text) || is_object(without_large_numbers(text));
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
