#include "engine/bench/verdict.hpp"

#include <doctest/doctest.h>

#include "tests/support/measurements.hpp"

using namespace retort::engine;
using namespace retort::test;
using retort::providers::failure_kind;

namespace {

// So many answers of that time, and so many refusals.
trial_result trial_of(int answers, double e2e, int refusals) {
  trial_result out;
  out.load.concurrency = 4;
  for (int i = 0; i < answers; ++i) out.measured.add(timed_answer(i, 10, e2e, 5), {});
  for (int i = 0; i < refusals; ++i)
    out.measured.add(timed_failure(failure_kind::rate_limited, 429), {});
  out.against = reasons_against(out.measured, out.conduct);
  return out;
}

trial_result degraded(trial_result of) {
  of.against.emplace_back("late");
  return of;
}

bench_options with(const char* slos) {
  bench_options out;
  if (*slos != 0) out.slos = parse_slos(slos).value();
  return out;
}

bench_result settled(std::vector<trial_result> trials, const bench_options& options) {
  bench_result out;
  out.trials = std::move(trials);
  settle(out, options);
  return out;
}

}  // namespace

TEST_CASE("what came to nothing says why: failures, no content, no stream") {
  CHECK(why_nothing(trial_of(1, 100, 9), true) == "");
  CHECK(why_nothing(trial_of(0, 0, 9), true) == "all 9 requests failed, 9 by rate_limited 429: no");
  CHECK(why_nothing({}, true) == "no request ended");
  trial_result empty, whole;
  empty.measured.add(measurement(), {});
  CHECK(why_nothing(empty, true) == "all 1 answers had no content");
  measurement one = timed_answer(0, 10, 100, 5);
  one.first_content = one.first_visible = {};
  whole.measured.add(one, {});
  CHECK(why_nothing(whole, true) ==
        "none of 1 answers came as a stream; --whole measures the rest");
  CHECK(why_nothing(whole, false) == "");
}

TEST_CASE(
    "what the warm-up left behind counts against a trial that piles up: as the endpoint's own") {
  trial_result one = trial_of(40, 100, 0);
  one.backlog = 5;
  CHECK(why_backlogged(one) == "");
  one.over_saturated = true;
  CHECK(why_backlogged(one).starts_with("5 requests of the warm-up were still under way"));
  one.against.push_back(why_backlogged(one));
  const auto missed = parse_slos("e2e_p50=50ms").value(),
             kept = parse_slos("e2e_p50=200ms").value();
  CHECK_FALSE(is_in_doubt(one, missed));
  CHECK(is_in_doubt(one, kept));
  CHECK(is_in_doubt(degraded(one), missed));
  one.backlog = 4;
  CHECK(why_backlogged(one) == "");
}

TEST_CASE("nothing measured at all is a status of its own; one level of it is not") {
  const auto none = settled({trial_of(0, 0, 9)}, with(""));
  CHECK(none.status == bench_status::nothing_measured);
  CHECK(none.reason == "concurrency 4: all 9 requests failed, 9 by rate_limited 429: no");
  const auto some = settled({trial_of(64, 100, 0), trial_of(0, 0, 9)}, with(""));
  CHECK(some.status == bench_status::degraded);
}

TEST_CASE("an SLO that no load keeps goes before DEGRADED, and that is told, too") {
  const auto missed = settled({degraded(trial_of(64, 100, 0))}, with("e2e_p90=1ms"));
  CHECK(missed.status == bench_status::slo_missed);
  CHECK(missed.reason == "no load is certain to keep every SLO; DEGRADED at concurrency 4: late");
  const auto kept = settled({degraded(trial_of(64, 100, 0))}, with("e2e_p90=1s"));
  CHECK(kept.status == bench_status::degraded);
  CHECK(settled({trial_of(64, 100, 0)}, with("e2e_p90=1s")).status == bench_status::valid);
  CHECK(settled({trial_of(64, 100, 0)}, with("")).status == bench_status::valid);
}

TEST_CASE("a signal's status stays") {
  bench_result cut;
  cut.status = bench_status::cut_short;
  cut.reason = "cut short by SIGINT";
  cut.trials.push_back(trial_of(0, 0, 9));
  settle(cut, with("e2e_p90=1ms"));
  CHECK(cut.status == bench_status::cut_short);
}

TEST_CASE("a trial is in doubt where it may have been the client: too many failures are none") {
  const auto slos = parse_slos("e2e_p50=1s").value();
  CHECK_FALSE(is_in_doubt(trial_of(64, 100, 0), slos));
  CHECK(is_in_doubt(degraded(trial_of(64, 100, 0)), slos));
  CHECK_FALSE(is_in_doubt(trial_of(10, 100, 90), slos));
}

TEST_CASE("a search's DEGRADED trial that was made again counts no more") {
  bench_options options = with("e2e_p90=1s");
  options.searches = true;
  trial_result first = degraded(trial_of(64, 100, 0));
  CHECK(settled({first}, options).status == bench_status::degraded);
  first.superseded = true;
  const auto again = settled({first, trial_of(64, 100, 0), trial_of(10, 100, 90)}, options);
  CHECK(again.status == bench_status::valid);
}
