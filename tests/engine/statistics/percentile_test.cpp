#include "engine/statistics/percentile.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <random>
#include <vector>

using namespace retort::engine;

TEST_CASE("a percentile has LoadGen's floors") {
  CHECK(least_samples(0.9) == 64);
  CHECK(least_samples(0.95) == 130);
  CHECK(least_samples(0.99) == 662);
  CHECK(least_samples(0.999) == 6'636);
  CHECK(least_samples(0.9999) == 66'381);
}

TEST_CASE("below its floor a percentile has no value, from there on it has") {
  log_histogram few, enough;
  few.add(5, 661);
  enough.add(5, 662);
  CHECK_FALSE(percentile_of(few, 0.99).has_value());
  CHECK(percentile_of(enough, 0.99)->value == 5);
  CHECK_FALSE(percentile_of(log_histogram(), 0.5).has_value());
}

TEST_CASE("the bound lies above the value, and nearer the more samples there are") {
  double before = 1e9;
  for (const int n : {100, 1000, 10'000, 100'000}) {
    log_histogram all;
    for (int i = 1; i <= n; ++i) all.add(1e6 * i / n);
    const auto p90 = percentile_of(all, 0.9);
    REQUIRE(p90.has_value());
    CHECK(p90->bound >= p90->value);
    CHECK(p90->bound - p90->value < before);
    before = p90->bound - p90->value;
  }
}

TEST_CASE("the true percentile lies below the bound in 99 of 100 cases and more") {
  std::mt19937_64 random(1);
  int covered = 0;
  constexpr int cases = 2000, samples = 400;
  const auto above = samples_above(samples, 0.95);
  REQUIRE(above.has_value());
  for (int i = 0; i < cases; ++i) {
    std::vector<double> drawn(samples);
    for (double& one : drawn) one = std::uniform_real_distribution<double>()(random);
    std::sort(drawn.begin(), drawn.end());
    covered += drawn[samples - *above] >= 0.95;  // the t-th largest
  }
  CHECK(covered >= cases * 0.99);
}
