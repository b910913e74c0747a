// The rows of a CSV file: each record after the header is one JSON object whose members are named
// by the header and whose values are all strings. One thread at a time.
#pragma once

#include <memory>

#include "io/byte_source.hpp"
#include "io/row.hpp"

namespace retort::io {

// A header with an empty or repeated name, or that is no good record itself, is errc::dataset.
// A file without any record has no rows.
std::unique_ptr<row_source> csv_rows(std::unique_ptr<byte_source> text,
                                     std::size_t max_row = max_row_bytes,
                                     std::size_t block = read_block_bytes);

}  // namespace retort::io
