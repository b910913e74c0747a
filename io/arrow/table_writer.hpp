// A Parquet file written by Arrow: rows come as JSON objects and go to builders, from which groups
// are made. Text packed by Zstandard, pages with checksums. One thread at a time.
#pragma once

#include <memory>
#include <vector>

#include "io/parquet/parquet_module.hpp"

namespace retort::io {

result<std::unique_ptr<parquet_table>> begin_table(const std::vector<parquet_column>& columns,
                                                   byte_taker& to);

}  // namespace retort::io
