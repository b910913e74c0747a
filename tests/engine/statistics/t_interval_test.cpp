#include "engine/statistics/t_interval.hpp"

#include <doctest/doctest.h>

#include <random>
#include <vector>

using retort::engine::t_interval_of;

TEST_CASE("the interval is Student's") {
  const auto of_two = t_interval_of(std::vector<double>{1, 3});
  REQUIRE(of_two.has_value());
  CHECK(of_two->mean == 2);
  CHECK(of_two->high - 2 == doctest::Approx(12.7062).epsilon(1e-4));  // t of 1, times 1
  const auto of_five = t_interval_of(std::vector<double>{1, 2, 3, 4, 5});
  CHECK(of_five->mean - of_five->low == doctest::Approx(2.7764 * 0.70711).epsilon(1e-4));
}

TEST_CASE("one value has no interval, equal ones have one of no width") {
  CHECK_FALSE(t_interval_of({}).has_value());
  CHECK_FALSE(t_interval_of(std::vector<double>{7}).has_value());
  const auto same = t_interval_of(std::vector<double>{7, 7, 7});
  CHECK(same->low == 7);
  CHECK(same->high == 7);
}

TEST_CASE("it holds the true mean in 95 of 100 cases") {
  std::mt19937_64 random(3);
  std::normal_distribution<double> bell(10, 2);
  int held = 0;
  for (int i = 0; i < 4000; ++i) {
    std::vector<double> runs(5);
    for (double& one : runs) one = bell(random);
    const auto found = t_interval_of(runs);
    held += found->low <= 10 && 10 <= found->high;
  }
  CHECK(held > 4000 * 0.94);
  CHECK(held < 4000 * 0.96);
}
