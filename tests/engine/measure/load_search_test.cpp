#include "engine/measure/load_search.hpp"

#include <doctest/doctest.h>

#include <vector>

using namespace retort::engine;

namespace {

// An endpoint that keeps its SLOs up to `most`; what was tried, in order.
std::vector<double> tried(load_search& search, double most) {
  std::vector<double> out;
  while (const auto load = search.next()) {
    REQUIRE(out.size() < 100);
    out.push_back(*load);
    search.tell(*load, *load <= most ? kept::yes : kept::no);
  }
  return out;
}

}  // namespace

TEST_CASE("a search finds the highest whole load, whatever it is, in a few steps") {
  for (int most = 1; most <= 300; ++most) {
    load_search search(1, 300, true);
    const auto all = tried(search, most);
    CAPTURE(most);
    CHECK(all.size() <= 16);
    REQUIRE(search.best().has_value());
    CHECK(*search.best() <= most);
    // Exact where neighbours are further apart than a twentieth.
    CHECK(*search.best() * 1.05 >= (most <= 20 ? most : most - 1));
  }
}

TEST_CASE("a search goes up by doubling, and never far beyond what failed") {
  load_search search(1, 1000, true);
  CHECK(tried(search, 11) == std::vector<double>{1, 2, 4, 8, 16, 11, 13, 12});
  CHECK(search.best() == 11);
}

TEST_CASE("where the lowest load misses there is none, where the highest keeps it that is it") {
  load_search none(2, 64, true), all(2, 50, true), one(8, 8, true);
  CHECK(tried(none, 1) == std::vector<double>{2});
  CHECK_FALSE(none.best().has_value());
  CHECK(tried(all, 1000) == std::vector<double>{2, 4, 8, 16, 32, 50});
  CHECK(all.best() == 50);
  CHECK(tried(one, 8) == std::vector<double>{8});
}

TEST_CASE("rates are searched to a twentieth, and what is not certain is not kept") {
  load_search search(0.5, 40, false);
  tried(search, 17.3);
  CHECK(*search.best() <= 17.3);
  CHECK(*search.best() * 1.05 >= 17.3);
  load_search unsure(1, 4, true);
  unsure.tell(1, kept::unknown);
  CHECK_FALSE(unsure.next().has_value());
  CHECK_FALSE(unsure.best().has_value());
}
