#include "engine/bench/trial_cost.hpp"

#include <doctest/doctest.h>

#include "tests/support/measurements.hpp"

using namespace retort::engine;
using namespace retort::test;

namespace {

measurement used(std::int64_t input, std::int64_t cached, std::int64_t output,
                 std::int64_t written = -1) {
  measurement out = timed_answer(0, 10, 20, output);
  out.used.input = input;
  out.used.cached = cached;
  out.used.cache_written = written;
  return out;
}

}  // namespace

TEST_CASE("a trial costs what its tokens do, cached ones at their own price") {
  tally seen;
  seen.add(used(1000, 400, 50), {});
  seen.add(used(1000, -1, 50), {});  // not told: none
  const auto cost = cost_of(seen, price{2, 0.5, 8});
  REQUIRE(cost);
  CHECK(cost->usd == doctest::Approx((1600 * 2 + 400 * 0.5 + 100 * 8) / 1e6));
  CHECK(cost->usd_per_million_output_tokens == doctest::Approx(cost->usd / 100 * 1e6));
}

TEST_CASE("what a trial wrote to a cache costs what writing does") {
  tally seen;
  seen.add(used(1000, 300, 50, 200), {});
  const auto cost = cost_of(seen, price{2, 0.5, 8, 2.5});
  REQUIRE(cost);
  CHECK(cost->usd == doctest::Approx((500 * 2 + 300 * 0.5 + 200 * 2.5 + 50 * 8) / 1e6));
}

TEST_CASE("without a price, tokens or output there is no cost, never 0") {
  tally told, untold, nothing;
  told.add(used(10, 0, 5), {});
  untold.add(used(10, 0, 5), {});
  untold.add(used(-1, 0, 5), {});
  CHECK_FALSE(cost_of(told, {}));
  CHECK_FALSE(cost_of(untold, price{1, 1, 1}));
  CHECK_FALSE(cost_of(nothing, price{1, 1, 1}));
}
