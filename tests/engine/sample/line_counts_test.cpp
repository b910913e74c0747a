#include "engine/sample/line_counts.hpp"

#include <doctest/doctest.h>

#include <cstdint>
#include <map>
#include <random>

using namespace retort::engine;

TEST_CASE("lines are counted up and down, each of its own, and never below none") {
  line_counts lines;
  CHECK_FALSE(lines.has_any(5));
  lines.take(5);
  CHECK_FALSE(lines.has_any(5));
  std::mt19937 random(1);
  std::map<std::uint64_t, std::uint32_t> expected;
  for (int i = 0; i < 20'000; ++i) {
    const std::uint64_t of = (std::uint64_t{random() % 3} << 40) + random() % 7;
    const bool is_one_more = random() % 16 < (i < 10'000 ? 10U : 6U);
    std::uint32_t& known = expected[of];
    if (is_one_more) {
      lines.add(of);
      ++known;
    } else {
      lines.take(of);
      if (known > 0) --known;
    }
    const bool has_any = known > 0;
    if (lines.has_any(of) != has_any) FAIL("after ", i, " steps");
  }
  for (auto& [of, known] : expected) {
    for (; known > 0; --known) {
      CHECK(lines.has_any(of));
      lines.take(of);
    }
    CHECK_FALSE(lines.has_any(of));
  }
}
