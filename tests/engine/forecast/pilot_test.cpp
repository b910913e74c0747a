#include "engine/forecast/pilot.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <random>

using namespace retort::engine;

TEST_CASE("a share's interval holds it, also at its ends") {
  const interval half = share_interval(50, 100);
  CHECK(half.value == 0.5);
  CHECK(half.low == doctest::Approx(0.4038).epsilon(0.001));  // Wilson's, from tables
  CHECK(half.high == doctest::Approx(0.5962).epsilon(0.001));
  const interval none = share_interval(0, 10);
  CHECK(none.low == 0);
  CHECK(none.high == doctest::Approx(0.2775).epsilon(0.001));
  const interval all = share_interval(10, 10);
  CHECK(all.low == doctest::Approx(0.7225).epsilon(0.001));
  CHECK(all.high == doctest::Approx(1));
  CHECK(share_interval(0, 0).high == 1);
}

TEST_CASE("a mean's interval holds the true mean about 95 times of 100") {
  std::mt19937_64 random(7);
  std::lognormal_distribution<double> length(5, 0.7);
  const double truth = std::exp(5 + 0.7 * 0.7 / 2);
  int held = 0;
  for (int round = 0; round < 1000; ++round) {
    mean_interval mean;
    for (int i = 0; i < 200; ++i) mean.add(length(random));
    held += mean.get().low <= truth && truth <= mean.get().high;
  }
  CHECK(held > 920);
  CHECK(held < 980);
}

TEST_CASE("of one value the true mean may be anything, and none has no mean") {
  mean_interval mean;
  CHECK(mean.get().value == 0);
  mean.add(5);
  CHECK(mean.get().low == 0);
  CHECK(std::isinf(mean.get().high));
  CHECK((mean.get() * 3).value == 15);
  CHECK(mean.count() == 1);
}

TEST_CASE("a mean of few values holds the true one as often") {
  std::mt19937_64 random(7);
  std::normal_distribution<double> value(100, 10);
  int held = 0;
  for (int round = 0; round < 1000; ++round) {
    mean_interval mean;
    for (int i = 0; i < 4; ++i) mean.add(value(random));
    held += mean.get().low <= 100 && 100 <= mean.get().high;
  }
  CHECK(held > 930);
  CHECK(held < 970);
}
