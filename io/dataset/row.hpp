// One row of a dataset, which rows are wanted, and what reads a file's rows. One thread at a time.
#pragma once

#include <algorithm>
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

  std::uint64_t bytes_of_file() const { return file_bytes.value_or(text.size() + 1); }
};

// Every so-manieth block of a dataset's rows, by their ordinals alone: those of different index are
// apart, and all of them together are the dataset. Pure.
struct row_part {
  std::uint64_t block = 1;  // rows that stay together
  std::uint64_t index = 0, count = 1;

  bool has(std::uint64_t ordinal) const { return ordinal / block % count == index; }
  // The first of its rows from this ordinal on.
  std::uint64_t next(std::uint64_t ordinal) const {
    if (has(ordinal)) return ordinal;
    const std::uint64_t round = block * count;
    const std::uint64_t begin = ordinal / round * round + index * block;
    return begin < ordinal ? begin + round : begin;
  }
  // So many of the dataset's first rows are its.
  std::uint64_t of_first(std::uint64_t rows) const {
    const std::uint64_t round = block * count, behind = rows % round;
    const std::uint64_t begin = index * block;
    return rows / round * block + (behind > begin ? std::min(behind - begin, block) : 0);
  }
};

// Rows that were passed over.
struct passed_rows {
  std::uint64_t rows = 0, file_bytes = 0;
};

// The rows of one file; ordinal and file are left for the dataset's reader to number.
class row_source {
 public:
  virtual ~row_source() = default;

  // As dataset_reader::next().
  virtual result<std::optional<row>> next() = 0;

  // Passes over the next rows, fewer at the end, as cheaply as their format lets it.
  virtual result<passed_rows> pass_over(std::uint64_t rows) {
    passed_rows passed;
    while (passed.rows < rows) {
      const auto one = next();
      if (!one) return one.error();
      if (!*one) break;
      ++passed.rows;
      passed.file_bytes += (*one)->bytes_of_file();
    }
    return passed;
  }
};

}  // namespace retort::io
