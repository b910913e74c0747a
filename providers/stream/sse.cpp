#include "providers/stream/sse.hpp"

#include <algorithm>
#include <cstring>

namespace retort::providers {
namespace {

constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";

const char* find(std::string_view in, char what) {
  const void* found = in.empty() ? nullptr : std::memchr(in.data(), what, in.size());
  return found ? static_cast<const char*>(found) : in.data() + in.size();
}

std::string_view until(std::string_view text, const char* end) {
  return text.substr(0, static_cast<std::size_t>(end - text.data()));
}

// Appends what still fits.
void append_bounded(std::string& to, std::string_view text) {
  to.append(text.substr(0, max_sse_event - std::min(to.size(), max_sse_event)));
}

}  // namespace

// Where the line at the beginning of `rest` ends. The next LF is remembered: where lines end in CR
// alone, each would look for it through all the rest.
const char* sse_parser::line_end(std::string_view rest) {
  if (next_lf_ == nullptr || next_lf_ < rest.data()) next_lf_ = find(rest, '\n');
  return find(until(rest, next_lf_), '\r');
}

// Takes the next whole line into line_; false when there is none left.
bool sse_parser::take_line(std::string_view& rest) {
  if (skip_lf_ && !rest.empty()) {
    if (rest.front() == '\n') rest.remove_prefix(1);
    skip_lf_ = false;
  }
  const char* const end = line_end(rest);
  if (end == rest.data() + rest.size()) return false;
  line_ = until(rest, end);
  if (!partial_line_.empty()) {
    append_bounded(partial_line_, line_);
    line_ = partial_line_;
  }
  skip_lf_ = *end == '\r';
  rest.remove_prefix(static_cast<std::size_t>(end - rest.data()) + 1);
  return true;
}

// What is fed goes away: what is still needed of it is copied.
void sse_parser::keep(std::string_view rest) {
  append_bounded(partial_line_, rest);
  if (has_data_) own_data();
}

void sse_parser::own_data() {
  if (data_.data() != data_buffer_.data()) data_buffer_.assign(data_);
  data_ = data_buffer_;
}

void sse_parser::read_field() {
  if (at_start_ && line_.starts_with(byte_order_mark)) {
    line_.remove_prefix(byte_order_mark.size());
  }
  at_start_ = false;
  const char* const colon = find(line_, ':');
  const std::string_view name = until(line_, colon);
  std::string_view value = line_.substr(std::min(name.size() + 1, line_.size()));
  if (value.starts_with(' ')) value.remove_prefix(1);
  read_value(name, value);
}

void sse_parser::read_value(std::string_view name, std::string_view value) {
  if (name == "data") {
    add_data(value);
  } else if (name == "event") {
    type_.assign(value);
  } else if (name == "id") {
    id_.assign(value);
  } else if (!name.empty() && name != "retry") {  // no name: a comment
    append_bounded(stray_, line_);
    stray_ += '\n';
    begin_ = nullptr;  // an event that does more than to say its data
  }
}

// A line that began in an earlier feed is given away with its buffer, so its data is copied.
void sse_parser::add_data(std::string_view value) {
  const bool first = !has_data_;
  has_data_ = true;
  if (first) data_ = value;
  if (first && partial_line_.empty()) return;
  own_data();
  if (!first) {
    append_bounded(data_buffer_, "\n");
    append_bounded(data_buffer_, value);
  }
  data_ = data_buffer_;
}

void sse_parser::forget_event() {
  has_data_ = false;
  data_ = {};
  type_.clear();
}

}  // namespace retort::providers
