// The rows of a JSON Lines file: its lines, but for blank ones. One thread at a time.
#pragma once

#include <memory>

#include "io/dataset/byte_source.hpp"
#include "io/dataset/row.hpp"

namespace retort::io {

std::unique_ptr<row_source> jsonl_rows(std::unique_ptr<byte_source> text,
                                       std::size_t max_row = max_row_bytes,
                                       std::size_t block = read_block_bytes);

}  // namespace retort::io
