// The rows of a Parquet file, by the module that reads such (io/parquet): each a JSON object of its
// columns in their order. What a value becomes is told in io/dataset/parquet.md. One thread at a
// time.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>

#include "io/base/interrupt.hpp"
#include "io/dataset/row.hpp"

namespace retort::io {

// Looks at the file's end, and says what is wrong with it. errc::usage: there is no such module.
// errc::unreadable, errc::disk.
result<void> check_parquet(const std::string& path);

// Both outlive the rows; `bytes_read` is added to as rows are handed out.
result<std::unique_ptr<row_source>> parquet_rows(const std::string& path, const interrupt& stop,
                                                 std::atomic<std::uint64_t>& bytes_read);

}  // namespace retort::io
