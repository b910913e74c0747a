#include "engine/measure/arrivals.hpp"

#include <doctest/doctest.h>
#include <boost/math/special_functions/gamma.hpp>

#include <algorithm>
#include <cmath>
#include <functional>
#include <vector>

using namespace retort::engine;
using std::chrono::nanoseconds;

namespace {

std::vector<nanoseconds> drawn(const arrival_rule& rule, std::uint64_t seed, std::size_t count) {
  arrivals all(rule, seed);
  std::vector<nanoseconds> out(count);
  for (auto& one : out) one = all.next();
  return out;
}

// In units of the mean gap.
std::vector<double> gaps(const std::vector<nanoseconds>& times, double rate) {
  std::vector<double> out;
  out.reserve(times.size());
  nanoseconds before{0};
  for (const auto& one : times) {
    out.push_back(static_cast<double>((one - before).count()) * rate / 1e9);
    before = one;
  }
  return out;
}

// Kolmogorov and Smirnov: the largest distance of the distributions, times sqrt(n). 1.63 is passed
// by 99 of 100 samples.
double distance(std::vector<double> sample, const std::function<double(double)>& distribution) {
  std::sort(sample.begin(), sample.end());
  const auto n = static_cast<double>(sample.size());
  double worst = 0;
  for (std::size_t i = 0; i < sample.size(); ++i) {
    const double at = distribution(sample[i]);
    const auto below = static_cast<double>(i);
    worst = std::max({worst, at - below / n, (below + 1) / n - at});
  }
  return worst * std::sqrt(n);
}

}  // namespace

TEST_CASE("the same seed gives the same schedule to the nanosecond, another another") {
  const arrival_rule rule{1000, arrival_pattern::gamma, 0.5};
  CHECK(drawn(rule, 7, 1000) == drawn(rule, 7, 1000));
  CHECK(drawn(rule, 7, 10) != drawn(rule, 8, 10));
  // As it was when this was written, on any machine.
  const auto first = drawn({1000, arrival_pattern::poisson}, 1, 4);
  CHECK(first[0].count() == 547'577);
  CHECK(first[3].count() == 1'765'443);
}

TEST_CASE("a constant rate has no drift, whatever the rate") {
  const auto times = drawn({3, arrival_pattern::constant}, 1, 3'000'001);
  CHECK(times[0].count() == 0);
  CHECK(times[1].count() == 333'333'333);
  CHECK(times[2].count() == 666'666'667);
  CHECK(times.back() == std::chrono::seconds(1'000'000));
}

TEST_CASE("poisson's gaps are exponential, at the rate asked for") {
  for (const std::uint64_t seed : {1, 2, 3}) {
    const auto times = drawn({10'000, arrival_pattern::poisson}, seed, 100'000);
    CHECK(static_cast<double>(times.back().count()) / 1e9 == doctest::Approx(10).epsilon(0.015));
    CHECK(distance(gaps(times, 10'000), [](double x) { return 1 - std::exp(-x); }) < 1.63);
  }
}

TEST_CASE("gamma's gaps are those of its shape, bursty or even") {
  for (const double shape : {0.3, 1.0, 4.0}) {
    const auto times = drawn({100, arrival_pattern::gamma, shape}, 5, 50'000);
    const auto expected = [&](double x) { return boost::math::gamma_p(shape, x * shape); };
    CHECK(distance(gaps(times, 100), expected) < 1.63);
  }
}

TEST_CASE("however many loops take from one schedule, together they send it") {
  const auto whole = drawn({500, arrival_pattern::poisson}, 3, 999);
  arrivals shared({500, arrival_pattern::poisson}, 3);
  std::vector<nanoseconds> sent;
  for (int turn = 0; turn < 333; ++turn) {
    for (int loop = 0; loop < 3; ++loop) sent.push_back(shared.next());
  }
  CHECK(sent == whole);
}

TEST_CASE("times never go back") {
  const auto times = drawn({1e6, arrival_pattern::gamma, 0.05}, 9, 20'000);
  CHECK(std::is_sorted(times.begin(), times.end()));
}

TEST_CASE(
    "behind the warm-up a ramp of a constant pattern is where its line is, to the nanosecond") {
  const arrival_rule rule{10, arrival_pattern::constant, 1, rate_ramp{30, 10}, {}};
  arrivals all(rule, 1, 5);
  for (int i = 0; i <= 5; ++i) CHECK(all.next() == std::chrono::milliseconds(100 * i));
  // (-10 + sqrt(100 + 4 n)) / 2 behind that.
  CHECK(all.next().count() == 500'000'000 + 99'019'514);
  for (int i = 2; i < 200; ++i) all.next();
  CHECK(all.next() == std::chrono::milliseconds(10'500));
}

TEST_CASE("a ramp and bursts of poisson are poisson, by the rate that is asked for then") {
  for (const std::uint64_t seed : {1, 2, 3}) {
    const arrival_rule rule{1000, arrival_pattern::poisson, 1, rate_ramp{3000, 20},
                            rate_burst{4, 0.2, 1}};
    const auto times = drawn(rule, seed, 100'000);
    CHECK(times == drawn(rule, seed, 100'000));
    CHECK(std::is_sorted(times.begin(), times.end()));
    // What was due until then, summed apart from the code under test: a millisecond at a time.
    std::vector<double> due = {0};
    for (int ms = 0; ms < 40'000; ++ms) {
      const double at = (ms + 0.5) / 1000, base = at < 20 ? 1000 + 100 * at : 3000;
      due.push_back(due.back() + base * (ms % 1000 >= 800 ? 4 : 1) / 1000);
    }
    std::vector<double> apart;
    double before = 0;
    for (const auto& one : times) {  // the first is where the course begins
      const double ms = static_cast<double>((one - times[0]).count()) / 1e6;
      const auto whole = static_cast<std::size_t>(ms);
      if (whole + 1 >= due.size()) break;
      const double now = due[whole] + (ms - double(whole)) * (due[whole + 1] - due[whole]);
      if (ms > 0) apart.push_back(now - before);
      before = now;
    }
    CHECK(apart.size() > 50'000);
    CHECK(distance(apart, [](double x) { return 1 - std::exp(-x); }) < 1.63);
  }
}

TEST_CASE("the highest rate is a ramp's higher end, in a burst") {
  CHECK(highest_rate({10, arrival_pattern::poisson}) == 10);
  arrival_rule rule{10, arrival_pattern::poisson, 1, rate_ramp{30, 1}, rate_burst{4, 1, 2}};
  CHECK(highest_rate(rule) == 120);
  rule.ramp->to = 5;
  rule.burst->factor = 0.5;
  CHECK(highest_rate(rule) == 10);
}
