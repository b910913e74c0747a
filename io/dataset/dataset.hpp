// A dataset as a stream of rows, each one JSON object in text, whatever the file's format.
// .jsonl, .ndjson, .json, .csv and .tsv, plain or as .gz or .zst, and .parquet; a file, a glob, a
// list of these, or "-" (standard input, JSONL unless told otherwise). Memory is bounded by the
// longest row (of Parquet by some rows, or a page), never by the file. One thread at a time.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "io/base/error.hpp"
#include "io/base/interrupt.hpp"
#include "io/dataset/dataset_files.hpp"
#include "io/dataset/generated_rows.hpp"
#include "io/dataset/row.hpp"
#include "io/dataset/row_spool.hpp"

namespace retort::io {

struct dataset_options : dataset_choice {
  // Raised, it stops the reader as stop() does; null: the reader has one of its own.
  std::shared_ptr<interrupt> stop = nullptr;
  row_part part = {};  // no other rows are handed out
};

class dataset_reader {
 public:
  // Expands globs (sorted by name) and checks that every file is there, readable and of a known
  // kind before the first row is read. errc::unreadable or errc::usage, naming the path.
  static result<dataset_reader> open(const std::vector<std::string>& paths,
                                     const dataset_options& options = {});

  // Rows that come from no file (generated_rows.hpp).
  static dataset_reader generate(std::uint64_t rows, std::vector<generated_column> columns,
                                 std::shared_ptr<interrupt> stop = nullptr, row_part part = {});

  dataset_reader(dataset_reader&&) noexcept;
  ~dataset_reader();

  // The next row, or nothing at the end. Blank lines are no rows. A bad row has its ordinal and
  // comes with its `problem`, and reading goes on after it. An error ends the reading and names the
  // file: errc::unreadable (read failure, corrupt compression or Parquet), errc::dataset (a CSV
  // header that does not name the columns). The JSON inside a JSONL line is not parsed here.
  result<std::optional<row>> next();
  // Ends a next() that waits for bytes, and those after it: errc::cancelled. Any thread.
  void stop();

  // So many rows of the dataset were handed out or passed over.
  std::uint64_t position() const;

  // How much of all files was read, from 0 to 1, as far as that can be told: by the bytes of the
  // rows that were handed out, or by those that were read where the rows have more (CSV, .gz).
  // Nothing where a size is not known, as on standard input. Any thread.
  std::optional<double> share_read() const;
  // Some of it is no regular file: a second reader would not find what this one has read.
  bool is_read_once() const;
  // The next rows come from `kept`, which holds rows of this reader, before it goes on reading.
  void give_back(std::unique_ptr<row_spool> kept);

  // The path, "standard input" or "dataset.generate".
  const std::string& file_name(std::uint32_t file) const;

 private:
  struct state;
  explicit dataset_reader(std::unique_ptr<state>);
  std::unique_ptr<state> state_;
};

}  // namespace retort::io
