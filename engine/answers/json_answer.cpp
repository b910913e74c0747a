#include "engine/answers/json_answer.hpp"

#include <algorithm>
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

// "true" and the like, with what stands behind a value in a list.
bool starts_word(std::string_view text) {
  for (const std::string_view word : {"true", "false", "null"}) {
    if (!text.starts_with(word)) continue;
    const auto behind = trim(text.substr(word.size()));
    return behind.starts_with(',') || behind.starts_with(']');
  }
  return false;
}

bool lists_objects(std::string_view text) {
  const auto first = trim(text.substr(1, 64));
  return first.starts_with('{') && starts_object(first);
}

// "[" and an object; or any value, where a line begins: what else brackets hold are notes and sets.
bool starts_list(std::string_view before, std::string_view text) {
  constexpr std::string_view values = "\"-0123456789[]{";
  if (lists_objects(text)) return true;
  const auto first = trim(text.substr(1, 64));
  if (first.empty()) return false;
  before.remove_prefix(before.size() - std::min<std::size_t>(before.size(), 64));
  const auto last = before.find_last_not_of(' ');
  const bool begins = last == std::string_view::npos || before[last] == '\n';
  return begins && (values.find(first[0]) != std::string_view::npos || starts_word(first));
}

bool ends_line(std::string_view behind) {
  const auto next = behind.find_first_not_of(" \r");
  return next == std::string_view::npos || behind[next] == '\n' || behind[next] == '`';
}

// Its length up to what closes it; nothing when there is none.
std::optional<std::size_t> size_of_json(std::string_view text) {
  const char open = text[0], close = open == '{' ? '}' : ']';
  std::size_t depth = 0;
  bool quoted = false;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    if (quoted && c == '\\') ++at;
    if (c == '"') quoted = !quoted;
    if (quoted) continue;
    depth += c == open;
    if (c == close && --depth == 0) return at + 1;
  }
  return std::nullopt;
}

}  // namespace

std::string_view last_json(std::string_view text) {
  std::string_view objects, values;
  bool looks_at_lists = true;  // no more when one was not closed: that one was looked at to the end
  for (std::size_t at = 0; (at = text.find_first_of("{[", at)) != std::string_view::npos;) {
    const auto from = text.substr(at);
    const bool is_object = from[0] == '{';
    if (!(is_object ? starts_object(from)
                    : looks_at_lists && starts_list(text.substr(0, at), from))) {
      ++at;
      continue;
    }
    const auto size = size_of_json(from);
    if (!size && is_object) return "";
    if (!size) {
      looks_at_lists = false;
      values = "";
      ++at;
      continue;
    }
    at += *size;
    if (is_object || lists_objects(from)) {
      objects = from.substr(0, *size);
    } else if (ends_line(text.substr(at))) {
      values = from.substr(0, *size);
    }
  }
  return objects.empty() ? values : objects;
}

json_scalar find_json_answer(std::string_view completion, std::span<const std::string> path) {
  const auto answer = answer_part(completion);
  auto whole = find_json_scalar(answer, path);
  if (whole.is_json) return whole;
  const auto found = last_json(answer);
  if (found.empty()) return {std::nullopt, "no whole JSON object"};
  return find_json_scalar(found, path);
}

}  // namespace retort::engine
