// A Parquet file read by Arrow, group by group, some rows at a time. One thread at a time.
#pragma once

#include <memory>
#include <string>

#include "io/parquet/parquet_module.hpp"

namespace retort::io {

// Columns, or members of columns, that hold bytes (images, audio) are not read: JSON has no such
// value, and they are what makes such files large.
result<std::unique_ptr<parquet_file>> open_table(const std::string& path);

}  // namespace retort::io
