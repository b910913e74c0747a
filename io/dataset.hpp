// A dataset as a stream of rows, each one JSON object in text, whatever the file's format.
// .jsonl and .csv, plain or as .gz or .zst; a file, a glob, a list of these, or "-" (JSONL on
// standard input). Memory is bounded by the longest row, never by the file. One thread at a time.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "io/error.hpp"
#include "io/row.hpp"

namespace retort::io {

class dataset_reader {
 public:
  // Expands globs (sorted by name) and checks that every file is there, readable and of a known
  // kind before the first row is read. errc::unreadable or errc::usage, naming the path.
  static result<dataset_reader> open(const std::vector<std::string>& paths);

  dataset_reader(dataset_reader&&) noexcept;
  dataset_reader& operator=(dataset_reader&&) noexcept;
  ~dataset_reader();

  // The next row, or nothing at the end. Blank lines are no rows. A bad row has its ordinal and
  // comes with its `problem`, and reading goes on after it. An error ends the reading and names the
  // file: errc::unreadable (read failure, corrupt compression), errc::dataset (a CSV header that
  // does not name the columns). The JSON inside a JSONL line is not parsed here.
  result<std::optional<row>> next();
  // Ends a next() that waits for bytes, and those after it: errc::cancelled. Any thread.
  void stop();

  // How much of all files was read, from 0 to 1, as far as that can be told: by the bytes of the
  // rows that were handed out, or by those that were read where the rows have more (CSV, .gz).
  // Nothing where a size is not known, as on standard input. Any thread.
  std::optional<double> share_read() const;

  // The path, or "standard input".
  const std::string& file_name(std::uint32_t file) const;

 private:
  struct state;
  explicit dataset_reader(std::unique_ptr<state>);
  std::unique_ptr<state> state_;
};

}  // namespace retort::io
