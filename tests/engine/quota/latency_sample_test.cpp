#include "engine/quota/latency_sample.hpp"

#include <doctest/doctest.h>

#include <random>

#include "tests/support/simulated_provider.hpp"

using retort::engine::latency_sample;
using retort::test::in_seconds;

TEST_CASE("equal latencies are what they are") {
  latency_sample sample;
  const latency_sample::time_point start{std::chrono::hours(1)};
  for (int i = 0; i < 10; ++i) sample.add(start + in_seconds(i), start + in_seconds(i + 0.5), 3);
  CHECK(sample.count() == 10);
  CHECK(sample.mean() == doctest::Approx(0.5));
  CHECK(sample.mean_in_flight() == 3);
  CHECK(sample.seconds() == doctest::Approx(9.5));
}

TEST_CASE("who looks early does not see the short ones only") {
  for (const double looked_s : {2.0, 3.0, 4.0}) {
    CAPTURE(looked_s);
    std::mt19937_64 random(3);
    std::lognormal_distribution<> latency(-0.125, 0.5);  // of mean 1
    latency_sample sample;
    const latency_sample::time_point start{std::chrono::hours(1)};
    for (double began = 0; began < looked_s; began += 0.001) {
      const double took = latency(random);
      if (began + took > looked_s) continue;
      sample.add(start + in_seconds(began), start + in_seconds(began + took), 1);
    }
    CHECK(sample.mean() == doctest::Approx(1).epsilon(0.12));
  }
}
