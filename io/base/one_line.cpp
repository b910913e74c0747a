#include "io/base/one_line.hpp"

#include <simdjson.h>

#include <algorithm>

namespace retort::io {
namespace {

constexpr std::string_view replacement = "\xef\xbf\xbd";  // U+FFFD

// The bytes of the UTF-8 character at the front of `text`; 0 when there is none.
std::size_t character_length(std::string_view text) {
  const auto lead = static_cast<unsigned char>(text.front());
  const std::size_t length = lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
  return length <= text.size() && simdjson::validate_utf8(text.data(), length) ? length : 0;
}

// Control characters, those of U+0080 to U+009F included: terminals obey them too. And the line
// and paragraph separators, U+2028 and U+2029.
bool is_control(std::string_view character) {
  const auto first = static_cast<unsigned char>(character[0]);
  if (character.size() == 1) return first < ' ' || first == 0x7f;
  if (first == 0xc2) return static_cast<unsigned char>(character[1]) < 0xa0;
  return character == "\u2028" || character == "\u2029";
}

// Marks, embeddings, overrides and isolates: U+061C, U+200E and F, U+202A to E, U+2066 to 9. With
// them a line shows another order than it has (Unicode TR 36).
bool turns_direction(std::string_view character) {
  if (character == "\u061c") return true;
  if (character.size() != 3 || !character.starts_with('\xe2')) return false;
  return character == "\u200e" || character == "\u200f" ||
         (character >= "\u202a" && character <= "\u202e") ||
         (character >= "\u2066" && character <= "\u2069");
}

// The next character, fit to be shown; "" for a control character.
std::string_view take_shown(std::string_view& text) {
  const std::size_t length = character_length(text);
  const std::string_view character = text.substr(0, length);
  text.remove_prefix(std::max<std::size_t>(length, 1));
  if (length == 0 || turns_direction(character)) return replacement;
  return is_control(character) ? "" : character;
}

bool is_plain(unsigned char c) { return c >= ' ' && c < 0x7f; }

}  // namespace

std::string one_line(std::string_view text, std::size_t max_bytes) {
  std::string line;
  bool gap = false;
  while (!text.empty()) {
    const std::string_view character = take_shown(text);
    if (character.empty() || character == " ") {
      gap = !line.empty();
      continue;
    }
    if (line.size() + (gap ? 1 : 0) + character.size() > max_bytes) return line += "...";
    if (gap) line += ' ';
    gap = false;
    line += character;
  }
  return line;
}

std::string plain_line(std::string_view text) {
  if (std::ranges::all_of(text, is_plain)) return std::string(text);
  std::string line;
  while (!text.empty()) {
    const std::string_view character = take_shown(text);
    line += character.empty() ? " " : character;
  }
  return line;
}

}  // namespace retort::io
