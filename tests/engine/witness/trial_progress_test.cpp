#include "engine/witness/trial_progress.hpp"

#include <doctest/doctest.h>

#include "tests/support/measurements.hpp"

using namespace retort::engine;
using namespace retort::test;
using std::chrono::seconds;

namespace {

trial_progress after(const tally& seen, seconds elapsed) {
  trial_progress out;
  out.what = "concurrency 4";
  out.so_far = &seen;
  out.elapsed = elapsed;
  out.in_flight = 4;
  return out;
}

}  // namespace

TEST_CASE("what is left goes by the time that is asked for, else by the requests so far") {
  tally seen;
  trial_progress at = after(seen, seconds(10));
  CHECK_FALSE(left_of(at));
  at.requests = 100;
  CHECK_FALSE(left_of(at));
  for (int i = 0; i < 25; ++i) seen.add(timed_answer(i, 10, 100, 5), {});
  CHECK(left_of(at) == seconds(30));
  at.requests = 20;  // more than asked for have ended
  CHECK(left_of(at) == seconds(0));
  at.duration = seconds(15);
  CHECK(left_of(at) == seconds(5));
  at.duration = seconds(5);
  CHECK(left_of(at) == seconds(0));
}

TEST_CASE("the progress of a trial is one line, and two rows on a terminal") {
  tally seen;
  trial_progress at = after(seen, seconds(10));
  at.part = "warm-up";
  CHECK(progress_line(at) == "concurrency 4: warm-up, 4 in flight");
  at.part = "";
  at.requests = 100;
  CHECK(progress_line(at) == "concurrency 4: 0 of 100 in 0:10, 4 in flight");
  for (int i = 0; i < 25; ++i) seen.add(timed_answer(i, 10, 100, 5), {});
  const std::string line = progress_line(at);
  CHECK(line.starts_with("concurrency 4: 25 of 100 in 0:10, 0:30 left; "));
  CHECK(line.find(" in flight; ttft p50 10.0 p99 10.0 ms, e2e p50 100 p99 100 ms") != line.npos);
  const auto rows = progress_rows(at);
  REQUIRE(rows.size() == 2);
  CHECK(rows[1] == "  ttft p50 10.0 p99 10.0 ms, e2e p50 100 p99 100 ms");
}
