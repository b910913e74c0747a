#include "engine/text/shown_text.hpp"

#include "io/base/one_line.hpp"

namespace retort::engine {
namespace {

constexpr std::size_t max_bytes = 60;

bool may_hold_password(std::string_view text) {
  const std::size_t scheme = text.find("://");
  return scheme != std::string_view::npos && text.find('@', scheme) != std::string_view::npos;
}

bool continues_character(char byte) { return (static_cast<unsigned char>(byte) & 0xC0) == 0x80; }

std::string_view cut(std::string_view text) {
  std::size_t end = max_bytes;
  while (end > 0 && continues_character(text[end])) --end;
  return text.substr(0, end);
}

}  // namespace

std::string shown(std::string_view text) {
  if (may_hold_password(text)) return "not shown (it may hold a password)";
  const bool fits = text.size() <= max_bytes;
  return '"' + io::plain_line(fits ? text : cut(text)) + (fits ? "\"" : "...\"");
}

}  // namespace retort::engine
