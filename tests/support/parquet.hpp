// Parquet files made and read in tests, as the program does it. One thread.
#pragma once

#include <doctest/doctest.h>

#include <fstream>
#include <string>
#include <vector>

#include "io/dataset/dataset.hpp"
#include "io/parquet/parquet_module.hpp"

namespace retort::test {

// False, and says so, in a build without Arrow; of those of tools/test all that is tsan's.
inline bool has_parquet() {
  const auto module = io::load_parquet_module();
  if (!module) MESSAGE("skipped: " << module.error().message);
  return module.has_value();
}

class kept_bytes : public io::byte_taker {
 public:
  result<void> take(std::string_view bytes) override {
    all += bytes;
    return {};
  }
  std::string all;
};

// `lines` in groups of so many.
inline std::string parquet_of(const std::vector<io::parquet_column>& columns,
                              const std::vector<std::string>& lines, std::size_t in_group = 1000) {
  kept_bytes out;
  const auto table = io::load_parquet_module().value()->write(columns, out);
  REQUIRE(table.has_value());
  for (std::size_t n = 0; n < lines.size(); ++n) {
    REQUIRE((*table)->append(lines[n]).has_value());
    if ((n + 1) % in_group == 0) REQUIRE((*table)->end_group().has_value());
  }
  REQUIRE((*table)->finish().has_value());
  return out.all;
}

// Each row's text, or "!" and why there is none.
inline std::vector<std::string> rows_of_parquet(const std::string& path) {
  std::vector<std::string> out;
  auto reader = io::dataset_reader::open({path});
  if (!reader) return {"!" + reader.error().message};
  for (;;) {
    const auto row = reader->next();
    if (!row) out.push_back("!" + row.error().message);
    if (!row || !*row) return out;
    out.emplace_back((*row)->problem.empty() ? (*row)->text : "!" + (*row)->problem);
  }
}

}  // namespace retort::test
