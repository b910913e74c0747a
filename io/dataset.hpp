// A dataset as a stream of rows, each one JSON object in text, whatever the file's format.
// .jsonl and .csv, plain or as .gz or .zst; a file, a glob, a list of these, or "-" (JSONL on
// standard input). Memory is bounded by the longest row, never by the file. One thread at a time.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "io/error.hpp"

namespace retort::io {

// The longest row, in bytes of text. A larger one is a bad row: an unclosed CSV quote must not
// swallow the file into memory.
inline constexpr std::size_t max_row_bytes = std::size_t{64} << 20;

struct row {
  std::uint64_t ordinal = 0;  // 0-based position in the dataset, all files counted on
  std::uint32_t file = 0;     // index for dataset_reader::file_name
  std::uint64_t line = 0;     // 1-based line of the file on which the row begins
  std::string_view text;      // one JSON object, or "" when `problem` says why there is none;
                              // valid until the next call of next()
  std::string problem;        // what is wrong with the row; empty for a good one
};

class dataset_reader {
 public:
  // Expands globs (sorted by name) and checks that every file is there, readable and of a known
  // kind before the first row is read. errc::unreadable or errc::usage, naming the path.
  static result<dataset_reader> open(const std::vector<std::string>& paths);

  dataset_reader(dataset_reader&&) noexcept;
  dataset_reader& operator=(dataset_reader&&) noexcept;
  ~dataset_reader();

  // The next row, or nothing at the end. Blank lines of JSONL are no rows. A bad row comes with
  // its `problem` and reading goes on after it; an error (read failure, corrupt compression) ends
  // the reading and names the file. The JSON inside a JSONL line is not parsed here.
  result<std::optional<row>> next();

  const std::string& file_name(std::uint32_t file) const;

 private:
  struct state;
  explicit dataset_reader(std::unique_ptr<state>);
  std::unique_ptr<state> state_;
};

}  // namespace retort::io
