#include "io/dataset/line_splitter.hpp"

#include <cstring>

namespace retort::io {

line_splitter::line_splitter(std::unique_ptr<byte_source> source, std::size_t max_line,
                             std::size_t block)
    : source_(std::move(source)), max_line_(max_line), buffer_(block) {}

result<std::optional<line>> line_splitter::next() {
  for (;;) {
    if (const char* newline = find_newline()) {
      const auto length = static_cast<std::size_t>(newline - (buffer_.data() + begin_));
      return take(length, length + 1);
    }
    if (pending() > max_line_ + 1) return pass_over();  // + 1: it may be the "\r" of the end
    const auto got = fill();
    if (!got) return got.error();
    if (*got == 0) return take_last();
  }
}

// Looks at each byte once, however often a line makes the buffer grow.
const char* line_splitter::find_newline() {
  const void* found = std::memchr(buffer_.data() + scanned_, '\n', end_ - scanned_);
  if (!found) scanned_ = end_;
  return static_cast<const char*>(found);
}

line line_splitter::take(std::size_t length, std::size_t with_end) {
  std::string_view text(buffer_.data() + begin_, length);
  if (text.ends_with('\r')) text.remove_suffix(1);
  begin_ += with_end;
  scanned_ = begin_;
  ++number_;
  if (text.size() > max_line_) return {{}, number_, true};
  return {text, number_, false};
}

std::optional<line> line_splitter::take_last() {
  if (pending() == 0) return std::nullopt;
  return take(pending(), pending());
}

// Drops a line that is longer than any may be, without keeping more of it than one block.
result<std::optional<line>> line_splitter::pass_over() {
  const char* newline = nullptr;
  while (!newline) {
    begin_ = scanned_ = end_;
    const auto got = fill();
    if (!got) return got.error();
    if (*got == 0) break;
    newline = find_newline();
  }
  if (newline) begin_ = scanned_ = static_cast<std::size_t>(newline - buffer_.data()) + 1;
  return line{{}, ++number_, true};
}

// Reads behind what is pending, which moves to the front; the buffer grows only when full of it.
result<std::size_t> line_splitter::fill() {
  if (begin_ > 0) {
    std::memmove(buffer_.data(), buffer_.data() + begin_, pending());
    scanned_ -= begin_;
    end_ -= begin_;
    begin_ = 0;
  }
  if (end_ == buffer_.size()) buffer_.resize(2 * buffer_.size());
  auto got = source_->read(std::span(buffer_).subspan(end_));
  if (got) end_ += *got;
  return got;
}

}  // namespace retort::io
