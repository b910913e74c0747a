// Reads a ledger's lines one after the other, also while it grows: a scan reads to its end, a
// follower comes back for more. One thread at a time.
#pragma once

#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "io/base/error.hpp"
#include "io/file/file.hpp"

namespace retort::io {

struct ledger_line {
  std::string_view text;     // the JSON object without its newline, simdjson-padded
  std::uint64_t line;        // 1-based; the header is line 1
  std::uint64_t offset = 0;  // in the file, of its first byte
};

class ledger_reader {
 public:
  // errc::unreadable; errc::mismatch when it is no ledger. A file without a whole header is a
  // ledger that holds nothing yet.
  static result<ledger_reader> open(const std::string& path);

  // The next line that ends within the first `limit` bytes, valid until the next call; nothing when
  // there is none yet. Lines whose seal is broken are counted and passed over.
  result<std::optional<ledger_line>> next(
      std::uint64_t limit = std::numeric_limits<std::uint64_t>::max());

  // Where in the file the next line begins.
  std::uint64_t position() const { return offset_ - (end_ - begin_); }
  // The next line is the one that begins at `position`: behind the present one, so that lines are
  // passed over, or, for one who does not go by their numbers, anywhere.
  void skip_to(std::uint64_t position);

  std::uint64_t damaged() const { return damaged_; }
  std::uint64_t first_damaged() const { return first_damaged_; }  // its line number

 private:
  explicit ledger_reader(std::unique_ptr<file> file);
  result<std::optional<std::string_view>> next_line(std::uint64_t limit);
  std::optional<std::string_view> take_line(std::size_t seen);
  result<std::size_t> fill(std::uint64_t limit);
  result<void> check_header();
  std::size_t room() const;

  std::unique_ptr<file> file_;
  std::string buffer_;               // grows only for a line longer than a block
  std::size_t begin_ = 0, end_ = 0;  // of what was read and not handed out
  std::uint64_t offset_ = 0;         // in the file, of end_
  std::uint64_t line_ = 0;           // the last one handed out or passed over
  std::uint64_t damaged_ = 0, first_damaged_ = 0;
};

}  // namespace retort::io
