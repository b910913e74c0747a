#include "engine/merge/line_sorter.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <random>
#include <vector>

#include "tests/support/temporary_directory.hpp"

using namespace retort;
using namespace retort::test;
using engine::line_place;

namespace {

std::vector<line_place> shuffled(std::size_t count) {
  std::vector<line_place> out;
  for (std::size_t n = 0; n < count; ++n) {
    line_place one;
    one.key.ordinal = n / 6;
    one.key.step = static_cast<std::uint32_t>(n / 3 % 2);
    one.key.k = static_cast<std::uint32_t>(n % 3);
    one.source = static_cast<std::uint32_t>(n % 5);
    one.offset = n;
    out.push_back(one);
  }
  std::shuffle(out.begin(), out.end(), std::mt19937(7));
  return out;
}

}  // namespace

TEST_CASE("lines come in their order, whether they fit into memory or not") {
  const temporary_directory dir;
  for (const std::size_t most : {1, 7, 1000, 5000}) {
    auto lines = shuffled(5000);
    engine::line_sorter sorter(dir.path(), most);
    for (const line_place& one : lines) REQUIRE(sorter.add(one).has_value());
    std::ranges::sort(lines, engine::comes_before);
    for (const line_place& one : lines) {
      const auto next = sorter.next();
      REQUIRE(next.has_value());
      REQUIRE(next->has_value());
      REQUIRE((*next)->offset == one.offset);
    }
    CHECK(!sorter.next().value());
    CHECK(std::filesystem::is_empty(dir.path()));
  }
}

TEST_CASE("of no lines there is no first") {
  engine::line_sorter sorter("/nowhere");
  CHECK(!sorter.next().value());
}
