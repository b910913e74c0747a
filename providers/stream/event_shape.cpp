#include "providers/stream/event_shape.hpp"

#include <simdjson.h>

#include "io/base/block.hpp"

namespace retort::providers {
namespace {

constexpr int patience = 8;

// The text up to its first quote, backslash or control character; all of it when there is none.
std::string_view plain_run(std::string_view text) {
  bool ascii = true, ended = false;
  std::size_t at = 0;
  while (!ended && at + sizeof(io::block) <= text.size()) {
    const io::block bytes = io::load_block(&text[at]);
    const std::size_t plain = io::unmarked_bytes(io::marks_of_escapes(bytes));
    ascii = ascii && io::unmarked_bytes(bytes >= 0x80) >= plain;
    ended = plain < sizeof bytes;
    at += plain;
  }
  for (; !ended && at < text.size(); ++at) {
    const char c = text[at];
    if (c == '"' || c == '\\' || (c >= 0 && c < 0x20)) break;
    ascii = ascii && c >= 0;
  }
  text = text.substr(0, at);
  return ascii || simdjson::validate_utf8(text.data(), text.size()) ? text : std::string_view();
}

// Where the only string that is `piece` begins, behind its quote; npos when there is none or more.
// Linear: the piece holds no quote, so a comparison ends at the next one.
std::size_t only_place(std::string_view event, std::string_view piece) {
  std::size_t only = event.npos;
  for (std::size_t at = 0; (at = event.find('"', at)) != event.npos; ++at) {
    const std::string_view string = event.substr(at + 1);
    if (!string.starts_with(piece) || !string.substr(piece.size()).starts_with('"')) continue;
    if (only != event.npos) return event.npos;
    only = at + 1;
  }
  return only;
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
  const std::size_t at = only_place(event, piece);
  if (at == event.npos) return;
  before_ = event.substr(0, at);
  behind_ = event.substr(at + piece.size());
  known_ = true;
  ++in_vain_;
}

}  // namespace retort::providers
