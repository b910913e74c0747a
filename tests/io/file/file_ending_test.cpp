#include "io/file/file_ending.hpp"

#include <doctest/doctest.h>

using namespace retort;

TEST_CASE("an ending is the same in letters of either case") {
  for (const char* path : {"a.parquet", "A.PARQUET", "dir.csv/a.Parquet", ".parquet"}) {
    CAPTURE(path);
    CHECK(io::has_ending(path, ".parquet"));
  }
  for (const char* path : {"a.parquet.gz", "parquet", "a.parque", "", "a.parquet/"}) {
    CAPTURE(path);
    CHECK_FALSE(io::has_ending(path, ".parquet"));
  }
}
