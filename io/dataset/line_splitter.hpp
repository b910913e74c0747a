// Bytes into lines, without a copy per line: a line is a view into the block that was read, and
// only one that runs over the end of the block is moved to the front of the next.
// Memory: one block, or twice the longest line allowed. One thread at a time.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "io/dataset/byte_source.hpp"

namespace retort::io {

struct line {
  std::string_view text;     // without its "\n" or "\r\n"; valid until the next call of next()
  std::uint64_t number = 0;  // 1-based
  bool too_long = false;     // `text` is empty: the line was passed over, not kept
};

class line_splitter {
 public:
  // Lines of at most `max_line` bytes, their end not counted; `block` is how much is read at once.
  line_splitter(std::unique_ptr<byte_source> source, std::size_t max_line,
                std::size_t block = read_block_bytes);

  // The next line, the last one with or without a newline, or nothing at the end. Errors are the
  // source's. Never waits for more bytes than the line needs.
  result<std::optional<line>> next();

 private:
  const char* find_newline();
  line take(std::size_t length, std::size_t with_end);
  std::optional<line> take_last();
  result<std::optional<line>> pass_over();
  result<std::size_t> fill();
  std::size_t pending() const { return end_ - begin_; }

  std::unique_ptr<byte_source> source_;
  std::size_t max_line_;
  std::vector<char> buffer_;
  std::size_t begin_ = 0;    // of the next line
  std::size_t scanned_ = 0;  // no newline from begin_ to here
  std::size_t end_ = 0;      // of the bytes read
  std::uint64_t number_ = 0;
};

}  // namespace retort::io
