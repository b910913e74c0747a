#include "engine/answers/json_answer.hpp"

#include <optional>

#include "engine/answers/answer_text.hpp"
#include "engine/text/text.hpp"

namespace retort::engine {
namespace {

// "{", and then a name in quotes or a bare one with its colon: an object, or meant to be one.
bool starts_object(std::string_view text) {
  constexpr std::string_view letters =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_";
  const auto name = trim(text.substr(1, 64));
  if (name.starts_with('"') || name.starts_with('\'')) return true;
  const auto end = name.find_first_not_of(letters);
  return end != 0 && end != std::string_view::npos && name[end] == ':';
}

// Its length up to the brace that closes it; nothing when there is none.
std::optional<std::size_t> size_of_object(std::string_view text) {
  std::size_t depth = 0;
  bool quoted = false;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    if (quoted && c == '\\') ++at;
    if (c == '"') quoted = !quoted;
    if (quoted) continue;
    depth += c == '{';
    if (c == '}' && --depth == 0) return at + 1;
  }
  return std::nullopt;
}

}  // namespace

std::string_view last_json_object(std::string_view text) {
  std::string_view last;
  for (std::size_t at = 0; (at = text.find('{', at)) != std::string_view::npos;) {
    const auto from = text.substr(at++);
    if (!starts_object(from)) continue;
    const auto size = size_of_object(from);
    if (!size) return "";
    last = from.substr(0, *size);
    at += *size - 1;
  }
  return last;
}

json_scalar find_json_answer(std::string_view completion, std::span<const std::string> path) {
  const auto answer = answer_part(completion);
  auto whole = find_json_scalar(answer, path);
  if (whole.is_json) return whole;
  const auto object = last_json_object(answer);
  if (object.empty()) return {std::nullopt, "no whole JSON object"};
  return find_json_scalar(object, path);
}

}  // namespace retort::engine
