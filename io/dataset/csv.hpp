// The rows of a CSV file: each record after the header is one JSON object whose members are named
// by the header and whose values are all strings. A column without a name (the index, in a file
// that pandas wrote) can be asked for by nobody and is left out. One thread at a time.
#pragma once

#include <memory>

#include "io/dataset/byte_source.hpp"
#include "io/dataset/row.hpp"

namespace retort::io {

// A header without any name or with a repeated one, or that is no good record itself, is
// errc::dataset.
// A file without any record has no rows.
std::unique_ptr<row_source> csv_rows(std::unique_ptr<byte_source> text,
                                     std::size_t max_row = max_row_bytes,
                                     std::size_t block = read_block_bytes, char delimiter = ',');

}  // namespace retort::io
