#include "providers/event_shape.hpp"

#include <simdjson.h>

#include <algorithm>
#include <cstdint>
#include <cstring>

namespace retort::providers {
namespace {

constexpr int patience = 8;

using sixteen_bytes [[gnu::vector_size(16)]] = unsigned char;
using sixteen_marks [[gnu::vector_size(16)]] = signed char;

bool any(const sixteen_marks& of) {
  std::uint64_t halves[2];
  std::memcpy(halves, &of, sizeof halves);
  return (halves[0] | halves[1]) != 0;
}

// The text up to its first quote, backslash or control character; all of it when there is none.
std::string_view plain_run(std::string_view text) {
  sixteen_marks beyond_ascii{};
  std::size_t at = 0;
  for (; at + sizeof(sixteen_bytes) <= text.size(); at += sizeof(sixteen_bytes)) {
    sixteen_bytes bytes;
    std::memcpy(&bytes, &text[at], sizeof bytes);
    if (any((bytes < 0x20) | (bytes == '"') | (bytes == '\\'))) break;
    beyond_ascii |= bytes >= 0x80;
  }
  bool ascii = !any(beyond_ascii);
  for (; at < text.size(); ++at) {
    const char c = text[at];
    if (c == '"' || c == '\\' || (c >= 0 && c < 0x20)) break;
    ascii = ascii && c >= 0;
  }
  text = text.substr(0, at);
  return ascii || simdjson::validate_utf8(text.data(), text.size()) ? text : std::string_view();
}

// Where the only string that is `piece` begins, behind its quote; npos when there is none or more.
std::size_t only_place(std::string_view event, const std::string& quoted) {
  const std::size_t at = event.find(quoted);
  if (at == event.npos || event.find(quoted, at + 1) != event.npos) return event.npos;
  return at + 1;
}

}  // namespace

std::optional<event_shape::matched> event_shape::match(std::string_view text) {
  if (!known_ || !text.starts_with(before_)) return std::nullopt;
  const std::string_view piece = plain_run(text.substr(before_.size()));
  const std::size_t length = before_.size() + piece.size();
  if (!text.substr(length).starts_with(behind_)) return std::nullopt;
  in_vain_ = 0;
  return matched{piece, length + behind_.size()};
}

// With no backslash in the event each string stands there as it reads.
void event_shape::learn(std::string_view event, std::string_view piece) {
  known_ = false;
  if (in_vain_ >= patience || piece.empty() || event.find('\\') != event.npos) return;
  const std::size_t at = only_place(event, '"' + std::string(piece) + '"');
  if (at == event.npos) return;
  before_ = event.substr(0, at);
  behind_ = event.substr(at + piece.size());
  known_ = true;
  ++in_vain_;
}

}  // namespace retort::providers
