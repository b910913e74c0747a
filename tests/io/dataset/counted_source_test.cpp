#include "io/dataset/counted_source.hpp"

#include <doctest/doctest.h>

#include <array>

#include "tests/support/memory_source.hpp"

using namespace retort;

TEST_CASE("what is read is counted, on top of what was before, and the name stays") {
  std::atomic<std::uint64_t> count = 5;
  const auto source = io::counted(test::from_memory("abcdefg", 3), count);
  CHECK(source->name() == test::from_memory("")->name());
  std::array<char, 16> out;
  for (const std::uint64_t expected : {8, 11, 12, 12}) {
    REQUIRE(source->read(out).has_value());
    CHECK(count == expected);
  }
}
