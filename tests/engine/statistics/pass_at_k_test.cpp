#include "engine/statistics/pass_at_k.hpp"

#include <doctest/doctest.h>

using retort::engine::pass_at_k;

TEST_CASE("pass@k is the share of the subsets of k that hold a right one") {
  CHECK(pass_at_k(5, 0, 1) == 0);
  CHECK(pass_at_k(5, 2, 1) == doctest::Approx(2.0 / 5));
  CHECK(pass_at_k(5, 2, 2) == doctest::Approx(1 - 3.0 / 10));  // C(3,2) / C(5,2)
  CHECK(pass_at_k(5, 2, 4) == 1);                              // more than there are wrong ones
  CHECK(pass_at_k(10, 3, 5) == doctest::Approx(1 - 21.0 / 252));
  CHECK(pass_at_k(1, 1, 1) == 1);
}

TEST_CASE("pass@k of many is a number: the binomials themselves are none") {
  const double found = pass_at_k(1000, 10, 100);
  CHECK(found > 0.65);  // 1 - 0.9^10 is 0.6513, with putting back
  CHECK(found < 0.66);
}
