// The rows of a .json file: the elements of one array, in whatever layout, or, where the text does
// not begin with "[", its lines as of JSON Lines. Memory: a block and the longest element.
// One thread at a time.
#pragma once

#include <memory>

#include "io/dataset/byte_source.hpp"
#include "io/dataset/row.hpp"

namespace retort::io {

// Elements are told apart by brackets, quotes and commas, not judged. errc::dataset where the array
// is not closed, or is not the end of the text.
std::unique_ptr<row_source> json_rows(std::unique_ptr<byte_source> text,
                                      std::size_t max_row = max_row_bytes,
                                      std::size_t block = read_block_bytes);

}  // namespace retort::io
