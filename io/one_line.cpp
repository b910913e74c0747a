#include "io/one_line.hpp"

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

// Blanks and control characters, those of U+0080 to U+009F included: terminals obey them too.
bool is_gap(std::string_view character) {
  const auto first = static_cast<unsigned char>(character[0]);
  if (character.size() == 1) return first <= ' ' || first == 0x7f;
  return first == 0xc2 && static_cast<unsigned char>(character[1]) < 0xa0;
}

}  // namespace

std::string one_line(std::string_view text, std::size_t max_bytes) {
  std::string line;
  bool gap = false;
  while (!text.empty()) {
    const std::size_t length = character_length(text);
    const std::string_view character = length == 0 ? replacement : text.substr(0, length);
    text.remove_prefix(std::max<std::size_t>(length, 1));
    if (is_gap(character)) {
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

}  // namespace retort::io
