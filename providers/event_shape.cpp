#include "providers/event_shape.hpp"

#include <simdjson.h>

#include <algorithm>

namespace retort::providers {
namespace {

constexpr int patience = 8;

// Text as JSON has it between quotes, without escapes.
bool is_plain(std::string_view text) {
  bool ascii = true;
  for (const char c : text) {
    if (c == '"' || c == '\\' || (c >= 0 && c < 0x20)) return false;
    ascii = ascii && c >= 0;
  }
  return ascii || simdjson::validate_utf8(text.data(), text.size());
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
