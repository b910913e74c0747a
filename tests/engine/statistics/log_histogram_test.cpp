#include "engine/statistics/log_histogram.hpp"

#include <doctest/doctest.h>

#include <limits>

using retort::engine::log_histogram;

TEST_CASE("quantiles are within one per cent, from one to a thousand million") {
  for (const double scale : {1.0, 1e3, 1e6}) {
    log_histogram all;
    for (int i = 1; i <= 1000; ++i) all.add(i * scale);
    CHECK(*all.quantile(0.5) == doctest::Approx(500 * scale).epsilon(0.011));
    CHECK(*all.quantile(0.95) == doctest::Approx(950 * scale).epsilon(0.011));
    CHECK(all.quantile(1) == 1000 * scale);
    CHECK(*all.quantile(0) == doctest::Approx(scale).epsilon(0.011));
  }
}

TEST_CASE("nothing has no quantiles, one number has itself") {
  log_histogram none, one;
  CHECK_FALSE(none.quantile(0.5).has_value());
  one.add(42);
  CHECK(one.quantile(0.5) == 42);
  CHECK(one.quantile(0.01) == 42);
}

TEST_CASE("what is no count is nothing, and what is too large is the largest") {
  log_histogram odd;
  odd.add(-1);
  odd.add(std::numeric_limits<double>::quiet_NaN());
  odd.add(1e300);
  CHECK(odd.count() == 3);
  CHECK(odd.quantile(0.5) == 0);
  CHECK(odd.quantile(1) == 1e300);
}

TEST_CASE("what lies between bounds is all there is, taken together") {
  log_histogram all;
  for (int i = 0; i < 500; ++i) all.add(i);
  CHECK(all.between(0, 1) == 1);
  CHECK(all.between(0, 100) + all.between(100, 1e9) == 500);
}
