#include "engine/bench/repeats.hpp"

#include <doctest/doctest.h>

#include <algorithm>

#include "tests/support/measurements.hpp"

using namespace retort::engine;
using namespace retort::test;

namespace {

// So many answers, one every 100 ms, each with that TTFT.
trial_result trial_of(std::uint64_t concurrency, std::uint64_t run, double ttft, int answers = 64) {
  trial_result out;
  out.endpoint = "http://a/v1";
  out.load.concurrency = concurrency;
  out.level = concurrency;
  out.run = run;
  for (int i = 0; i < answers; ++i) out.measured.add(timed_answer(i * 100, ttft, 200, 5), {});
  return out;
}

const repeated_figure& figure(const repeated_load& of, std::string_view name) {
  return *std::ranges::find(of.figures, name, &repeated_figure::name);
}

}  // namespace

TEST_CASE("each load's runs are one row, each run one value of it") {
  std::vector<trial_result> trials;
  for (std::uint64_t run = 0; run < 3; ++run) {
    trials.push_back(trial_of(1, run, 50));
    trials.push_back(trial_of(4, run, 40 + 10 * static_cast<double>(run)));
  }
  const auto all = repeats_of(trials);
  REQUIRE(all.size() == 2);
  CHECK(all[1].runs == 3);
  CHECK(all[1].first->load.concurrency == 4);
  CHECK(figure(all[0], "ttft_p50").value->low == doctest::Approx(50).epsilon(0.002));
  CHECK(figure(all[1], "ttft_p50").value->mean == doctest::Approx(50).epsilon(0.002));
  CHECK(figure(all[1], "ttft_p50").value->high ==
        doctest::Approx(50 + 4.3027 * 5.7735).epsilon(0.01));
  CHECK(figure(all[1], "requests_per_s").value->mean == doctest::Approx(64 / 6.5));
}

TEST_CASE("what one run lacks has no interval, and one run alone is no row") {
  std::vector<trial_result> trials;
  trials.push_back(trial_of(1, 0, 50));
  CHECK(repeats_of(trials).empty());
  trials.push_back(trial_of(1, 1, 50, 20));
  const auto all = repeats_of(trials);
  REQUIRE(all.size() == 1);
  CHECK(figure(all[0], "ttft_p50").value.has_value());
  CHECK_FALSE(figure(all[0], "ttft_p90").value.has_value());
}

TEST_CASE("two entries of the config that look alike are two") {
  std::vector<trial_result> trials;
  for (std::uint64_t run = 0; run < 2; ++run) {
    for (const std::size_t place : {0, 1}) {
      trials.push_back(trial_of(1, run, place == 0 ? 50 : 100));
      trials.back().place = place;
    }
  }
  const auto all = repeats_of(trials);
  REQUIRE(all.size() == 2);
  CHECK(all[0].runs == 2);
  CHECK(figure(all[1], "ttft_p50").value->mean == doctest::Approx(100).epsilon(0.002));
}
