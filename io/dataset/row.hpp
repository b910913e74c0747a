// One row of a dataset, and what reads a file's rows. One thread at a time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "io/base/error.hpp"

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
  // Its share of the file's bytes, where its text's length tells nothing of that.
  std::optional<std::uint64_t> file_bytes = {};
};

// The rows of one file; ordinal and file are left for the dataset's reader to number.
class row_source {
 public:
  virtual ~row_source() = default;

  // As dataset_reader::next().
  virtual result<std::optional<row>> next() = 0;
};

}  // namespace retort::io
