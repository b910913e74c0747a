#include "io/dataset/row.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <vector>

using namespace retort;

TEST_CASE(
    "the parts of a dataset are apart, and together they are all of it, whatever their number") {
  for (const std::uint64_t block : {1, 3, 16}) {
    for (const std::uint64_t count : {1, 2, 7, 12, 100}) {
      std::vector<io::row_part> parts;
      for (std::uint64_t i = 0; i < count; ++i) parts.push_back({block, i, count});
      for (std::uint64_t ordinal = 0; ordinal < 2000; ++ordinal) {
        const auto has_it = [&](const io::row_part& one) { return one.has(ordinal); };
        REQUIRE(std::ranges::count_if(parts, has_it) == 1);
      }
    }
  }
}

TEST_CASE("what a part has next, and how many, is what counting says") {
  for (const io::row_part part :
       {io::row_part{}, {16, 0, 12}, {16, 11, 12}, {5, 3, 4}, {1, 2, 3}}) {
    std::uint64_t owned = 0;
    for (std::uint64_t rows = 0; rows < 1000; ++rows) {
      REQUIRE(part.of_first(rows) == owned);
      owned += part.has(rows);
      std::uint64_t next = rows;
      while (!part.has(next)) ++next;
      REQUIRE(part.next(rows) == next);
    }
  }
}
