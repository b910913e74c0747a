// Parquet files, read and written by a library that the program loads when the first of them is
// named: Apache Arrow is large (60 MB, 40 ms to load), and whoever has no such file pays nothing
// for it. What stands behind these classes is io/arrow, in a file of its own beside the program,
// retort_parquet.so; no exception and no type of Arrow's crosses. Each object: one thread at a
// time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "io/base/error.hpp"

namespace retort::io {

// JSON objects, one behind the other.
struct row_texts {
  std::string bytes;
  std::vector<std::size_t> ends;  // of each, in `bytes`
};

// A file open for reading.
class parquet_file {
 public:
  virtual ~parquet_file() = default;
  virtual std::uint64_t rows() const = 0;
  // Puts the next some rows, at least one, in the place of what `out` holds; false at the end.
  // Memory: the pages under way, and these rows. errc::unreadable naming the file, errc::disk.
  virtual result<bool> next(row_texts& out) = 0;
  // Passes over the next rows, fewer at the end, and says how many: groups that hold no others are
  // not read. Errors as for next().
  virtual result<std::uint64_t> pass_over(std::uint64_t rows) = 0;
};

// A column, or a member of one. Any value may be null.
enum class column_type { text, whole, real, truth, list, record };
struct parquet_column {
  std::string name;  // of a list's element: none
  column_type type = column_type::text;
  std::vector<parquet_column> inside = {};  // the element of a list; the members of a record
};

// Where a file's bytes go, in their order.
class byte_taker {
 public:
  virtual ~byte_taker() = default;
  virtual result<void> take(std::string_view bytes) = 0;
};

// A file being written. An error is final: there is no file then.
class parquet_table {
 public:
  virtual ~parquet_table() = default;
  // A row: a JSON object. Whatever it holds makes one: what is no text stands in a text's place as
  // its JSON, what is not of another type, or not there, is null there, and a member that is no
  // column is passed over. errc::bug: it is no JSON object.
  virtual result<void> append(std::string_view object) = 0;
  // The rows since the last end become a group, and bytes; not called, they stay in memory.
  virtual result<void> end_group() = 0;
  // Once, last: without it nobody can read the file.
  virtual result<void> finish() = 0;
};

// Who loads it: which types a column may have, and how a value becomes one, is all that there is to
// know of Parquet outside of io/arrow.
class parquet_module {
 public:
  virtual ~parquet_module() = default;
  // Looks at the file's end only. errc::unreadable naming the file, errc::disk.
  virtual result<std::unique_ptr<parquet_file>> read(const std::string& path) const = 0;
  // `to` outlives the table. The bytes depend on the columns, the rows and the ends of groups.
  virtual result<std::unique_ptr<parquet_table>> write(const std::vector<parquet_column>& columns,
                                                       byte_taker& to) const = 0;
};

// Found beside the program, or in ../lib/retort from there; loaded once, for good. errc::usage,
// saying how to get it, where there is none that fits. Any thread.
result<const parquet_module*> load_parquet_module();

// What the module exports. Its name changes with anything above: one of another version is none.
inline constexpr const char* parquet_entry = "retort_parquet_2";
using parquet_entry_type = const parquet_module* (*)();

}  // namespace retort::io
