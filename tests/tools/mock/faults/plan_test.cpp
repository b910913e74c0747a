#include "tools/mock/faults/plan.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <vector>

using namespace retort::mock;

namespace {

std::vector<plan> draw(const options& chosen, int count) {
  planner chance(chosen);
  std::vector<plan> plans;
  for (int i = 0; i < count; ++i) plans.push_back(chance.next());
  return plans;
}

bool same(const plan& a, const plan& b) {
  return a.fault == b.fault && a.chunked == b.chunked && a.latency == b.latency &&
         a.output_tokens == b.output_tokens;
}

options busy() {
  options chosen;
  chosen.rate_limit = 0.2;
  chosen.stall = 0.1;
  chosen.chunked = 0.5;
  chosen.latency_ms = 10;
  chosen.latency_sigma = 1;
  chosen.output_tokens = 300;
  chosen.output_sigma = 0.5;
  return chosen;
}

}  // namespace

TEST_CASE("by default nothing happens to a request") {
  for (const plan& drawn : draw({}, 100)) CHECK(same(drawn, plan{}));
}

TEST_CASE("the seed decides the plans") {
  options other = busy();
  other.seed = 2;
  const auto first = draw(busy(), 200), again = draw(busy(), 200), different = draw(other, 200);
  CHECK(std::equal(first.begin(), first.end(), again.begin(), same));
  CHECK_FALSE(std::equal(first.begin(), first.end(), different.begin(), same));
}

TEST_CASE("every fault comes at its rate, and at rate 1 always") {
  for (std::size_t i = 0; i < fault_count; ++i) {
    options chosen;
    const auto wanted = static_cast<fault>(i);
    const auto& table = option_table();
    const auto spec = std::find_if(table.begin(), table.end(), [&](const option_spec& candidate) {
      return candidate.name == fault_names[i];
    });
    REQUIRE(set_option(chosen, *spec, "1").has_value());
    CHECK(rate_of(chosen, wanted) == 1);
    for (const plan& drawn : draw(chosen, 50)) CHECK(drawn.fault == wanted);
  }
}

TEST_CASE("faults keep their proportions") {
  int limited = 0, stalled = 0;
  for (const plan& drawn : draw(busy(), 10'000)) {
    limited += drawn.fault == fault::rate_limit ? 1 : 0;
    stalled += drawn.fault == fault::stall ? 1 : 0;
  }
  CHECK(std::abs(limited - 2'000) < 200);  // five standard deviations, and the seed is fixed
  CHECK(std::abs(stalled - 1'000) < 150);
}

TEST_CASE("latency is lognormal around its median") {
  auto plans = draw(busy(), 10'001);
  std::sort(plans.begin(), plans.end(),
            [](const plan& a, const plan& b) { return a.latency < b.latency; });
  const auto at = [&](double quantile) {
    return static_cast<double>(plans[static_cast<std::size_t>(quantile * 10'000)].latency.count());
  };
  CHECK(at(0.5) == doctest::Approx(10'000).epsilon(0.05));
  CHECK(at(0.8413) == doctest::Approx(10'000 * std::exp(1)).epsilon(0.08));
  CHECK(at(0.1587) == doctest::Approx(10'000 / std::exp(1)).epsilon(0.08));
}

TEST_CASE("an answer's tokens are lognormal around their median, and at least one") {
  auto plans = draw(busy(), 10'001);
  std::sort(plans.begin(), plans.end(),
            [](const plan& a, const plan& b) { return a.output_tokens < b.output_tokens; });
  const auto at = [&](double quantile) {
    return static_cast<double>(plans[static_cast<std::size_t>(quantile * 10'000)].output_tokens);
  };
  CHECK(at(0.5) == doctest::Approx(300).epsilon(0.05));
  CHECK(at(0.8413) == doctest::Approx(300 * std::exp(0.5)).epsilon(0.08));
  options chosen;
  chosen.output_tokens = 7;
  for (const plan& drawn : draw(chosen, 10)) CHECK(drawn.output_tokens == 7);
  chosen.output_sigma = 1e6;
  for (const plan& drawn : draw(chosen, 100)) {
    CHECK(drawn.output_tokens >= 1);
    CHECK(drawn.output_tokens <= 131'072);
  }
}

TEST_CASE("without spread the latency is its median") {
  options chosen;
  chosen.latency_ms = 2.5;
  for (const plan& drawn : draw(chosen, 10)) CHECK(drawn.latency.count() == 2'500);
}

TEST_CASE("a monstrous spread is capped, not overflown") {
  options chosen;
  chosen.latency_ms = 1e300;
  chosen.latency_sigma = 1e6;
  for (const plan& drawn : draw(chosen, 100)) {
    CHECK(drawn.latency.count() >= 0);
    CHECK(drawn.latency <= std::chrono::hours(1));
  }
}
