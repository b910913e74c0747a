#include "engine/quota/stated_quota.hpp"

#include <doctest/doctest.h>

using namespace std::chrono_literals;
using retort::engine::limits_config;
using retort::engine::stated_quota;
using retort::engine::stated_quotas;
using retort::providers::quota;

namespace {

const stated_quota::time_point start{1h};

}  // namespace

TEST_CASE("every stated limit is a quota of its own, per second") {
  limits_config limits;
  limits.rps = 3;
  limits.rpm = 120;
  limits.tpm = 6000;
  limits.input_tpm = 600;
  limits.output_tpm = 60;
  const auto all = stated_quotas(limits, start);
  REQUIRE(all.size() == 5);
  const std::pair<quota, double> expected[] = {{quota::requests, 3},
                                               {quota::requests, 2},
                                               {quota::tokens, 100},
                                               {quota::input_tokens, 10},
                                               {quota::output_tokens, 1}};
  for (std::size_t i = 0; i < all.size(); ++i) {
    CHECK(all[i].what() == expected[i].first);
    CHECK(all[i].per_second() == doctest::Approx(expected[i].second));
  }
}

TEST_CASE("a share of the limits is so much of each of them") {
  limits_config limits{.rps = 10, .rpm = 300, .tpm = 6000};
  limits.share = 0.8;
  std::vector<double> rates;
  for (const auto& one : stated_quotas(limits, start)) rates.push_back(one.per_second());
  CHECK(rates == std::vector<double>{8, 4, 80});
}

TEST_CASE("it begins with one and paces exactly, in fractions of a second") {
  stated_quota slow(quota::requests, 0.5, start);
  CHECK(slow.has(1));
  slow.take(1);
  CHECK(slow.when(1) == start + 2s);
}

TEST_CASE("what is larger than a second's worth leaves a debt, and the rate holds") {
  stated_quota tokens(quota::tokens, 100, start);
  auto now = start;
  for (int i = 0; i < 11; ++i) {
    now = tokens.when(1000);
    tokens.advance(now);
    REQUIRE(tokens.has(1000));
    tokens.take(1000);
  }
  CHECK(now - start > 100s);
  CHECK(now - start < 102s);
}

TEST_CASE("half of what was refused comes back") {
  stated_quota tokens(quota::tokens, 100, start);
  tokens.take(11);
  tokens.refused(10);
  CHECK(tokens.when(0) == start + 50ms);
}
