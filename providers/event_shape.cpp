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

// What a text holds of bytes that end it, or that make it more than ASCII: not 0 where there are.
struct marks {
  sixteen_marks ending{}, beyond_ascii{};

  void look_at(const char* from) {
    sixteen_bytes bytes;
    std::memcpy(&bytes, from, sizeof bytes);
    ending |= (bytes < 0x20) | (bytes == '"') | (bytes == '\\');
    beyond_ascii |= bytes >= 0x80;
  }
};

bool any(const sixteen_marks& of) {
  std::uint64_t halves[2];
  std::memcpy(halves, &of, sizeof halves);
  return (halves[0] | halves[1]) != 0;
}

// Text as JSON has it between quotes, without escapes.
bool is_plain(std::string_view text) {
  marks seen;
  if (text.size() < sizeof(sixteen_bytes)) {
    char padded[sizeof(sixteen_bytes)];
    std::memset(padded, ' ', sizeof padded);
    text.copy(padded, text.size());
    seen.look_at(padded);
  } else {
    const std::size_t last = text.size() - sizeof(sixteen_bytes);
    for (std::size_t at = 0; at < last; at += sizeof(sixteen_bytes)) seen.look_at(&text[at]);
    seen.look_at(&text[last]);
  }
  if (any(seen.ending)) return false;
  return !any(seen.beyond_ascii) || simdjson::validate_utf8(text.data(), text.size());
}

// Where the only string that is `piece` begins, behind its quote; npos when there is none or more.
std::size_t only_place(std::string_view data, const std::string& quoted) {
  const std::size_t at = data.find(quoted);
  if (at == data.npos || data.find(quoted, at + 1) != data.npos) return data.npos;
  return at + 1;
}

}  // namespace

std::optional<std::string_view> event_shape::match(std::string_view data) {
  if (!known_ || data.size() < before_.size() + behind_.size()) return std::nullopt;
  if (!data.starts_with(before_) || !data.ends_with(behind_)) return std::nullopt;
  data.remove_prefix(before_.size());
  data.remove_suffix(behind_.size());
  if (!is_plain(data)) return std::nullopt;
  in_vain_ = 0;
  return data;
}

// With no backslash in the event each string stands there as it reads.
void event_shape::learn(std::string_view data, std::string_view piece) {
  known_ = false;
  if (in_vain_ >= patience || piece.empty() || data.find('\\') != data.npos) return;
  const std::size_t at = only_place(data, '"' + std::string(piece) + '"');
  if (at == data.npos) return;
  before_ = data.substr(0, at);
  behind_ = data.substr(at + piece.size());
  known_ = true;
  ++in_vain_;
}

}  // namespace retort::providers
