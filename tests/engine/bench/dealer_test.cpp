#include "engine/bench/dealer.hpp"

#include <doctest/doctest.h>

using retort::engine::dealer;

TEST_CASE("of equals the next in turn carries a request") {
  dealer all(3);
  for (const std::size_t expected : {0, 1, 2, 0, 1, 2}) CHECK(all.deal() == expected);
}

TEST_CASE("the loop with the fewest under way carries the next request") {
  dealer all(3);
  for (int i = 0; i < 6; ++i) all.deal();
  all.ended(1);
  all.ended(1);
  CHECK(all.deal() == 1);
  CHECK(all.deal() == 1);
  CHECK(all.deal() == 2);
}

TEST_CASE("one loop carries everything") {
  dealer alone(1);
  for (int i = 0; i < 3; ++i) CHECK(alone.deal() == 0);
}
