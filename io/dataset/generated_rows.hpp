// Rows made from nothing: of each column's values one, by the row's position and the column's name
// alone. The n-th row is the same whatever the number of rows, the process and the other columns.
// One thread at a time.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "io/dataset/row.hpp"

namespace retort::io {

struct generated_column {
  std::string name;
  std::vector<std::string> values;  // each as JSON; at least one
};

std::unique_ptr<row_source> generated_rows(std::uint64_t rows,
                                           std::vector<generated_column> columns);

}  // namespace retort::io
