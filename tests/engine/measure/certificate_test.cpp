#include "engine/measure/certificate.hpp"

#include <doctest/doctest.h>

#include "tests/support/measurements.hpp"

using namespace retort::engine;
using namespace retort::test;
using std::chrono::milliseconds;
using std::chrono::seconds;

namespace {

own_conduct good() {
  own_conduct out;
  out.loop_lag.add(50e3, 1000);
  out.cpu = milliseconds(100);
  out.steady = out.system = seconds(10);
  return out;
}

// A thousand answers with that TTFT, each taken up so late.
tally measured(double ttft_ms, double late_ms) {
  tally out;
  for (int i = 0; i < 1000; ++i) {
    measurement one = timed_answer(i, ttft_ms, ttft_ms * 2, 5);
    one.scheduled = at_ms(i - late_ms);
    out.add(one, {});
  }
  return out;
}

std::string only_reason(const tally& of, const own_conduct& conduct) {
  const auto reasons = reasons_against(of, conduct);
  REQUIRE(reasons.size() == 1);
  return reasons[0];
}

// A hundred requests, so many of them refused.
tally partly_failed(int refused) {
  tally out;
  for (int i = 0; i < 100; ++i) {
    out.add(i < refused ? timed_failure(retort::providers::failure_kind::rate_limited, 429)
                        : timed_answer(i, 50, 100, 5),
            {});
  }
  return out;
}

// A hundred answers, so many of them without content.
tally partly_empty(int empty) {
  tally out;
  for (int i = 0; i < 100; ++i) {
    measurement one = timed_answer(i, 50, 100, 5);
    if (i < empty) {
      one.first_content = one.first_visible = one.last = {};
      one.chunks = 0;
      one.gaps.clear();
    }
    out.add(one, {});
  }
  return out;
}

}  // namespace

TEST_CASE("answers without content count against it as failures do") {
  CHECK(reasons_against(partly_empty(1), good()).empty());
  CHECK_FALSE(has_too_few_answers(partly_empty(1)));
  CHECK(only_reason(partly_empty(2), good()) ==
        "2 of 100 answers had no content, over 1 %: the times are those of the others");
  CHECK(has_too_few_answers(partly_empty(2)));
}

TEST_CASE("a client that kept up is VALID") {
  CHECK(reasons_against(measured(50, 0.1), good()).empty());
}

TEST_CASE(
    "lateness counts against what is measured: a hundredth of it, and at least a millisecond") {
  CHECK(reasons_against(measured(50, 0.9), good()).empty());
  CHECK(only_reason(measured(50, 2), good())
            .starts_with("the client was behind its schedule: p99 2"));
  CHECK(reasons_against(measured(500, 2), good()).empty());
  own_conduct late = good();
  late.loop_lag.add(3e6, 100);
  CHECK(only_reason(measured(50, 0.1), late).starts_with("the client's loop was late: p99 3"));
}

TEST_CASE("a full core, clocks apart, a cap that bound and an early end are each a reason") {
  const tally all = measured(50, 0.1);
  own_conduct busy = good();
  busy.cpu = milliseconds(9100);
  CHECK(only_reason(all, busy) == "the client used 91 % of its core, over 90 %");
  own_conduct stepped = good();
  stepped.system += milliseconds(13);
  CHECK(only_reason(all, stepped)
            .starts_with("the system's clock and the monotonic one drifted 0.11 %"));
  stepped.system = stepped.steady - milliseconds(11);  // 0.09 % beyond what reading them takes
  CHECK(reasons_against(all, stepped).empty());
  own_conduct capped = good();
  capped.cap = 8;
  capped.waited_for_place = 3;
  CHECK(only_reason(all, capped) ==
        "3 requests waited for a place: no more than 8 may be in flight");
  own_conduct cut = good();
  cut.cut_by = "cut short by SIGINT";
  CHECK(only_reason(all, cut) == "cut short by SIGINT");
}

TEST_CASE("more than one failure in a hundred is a reason, of one in a hundred is none") {
  CHECK(reasons_against(partly_failed(1), good()).empty());
  CHECK(only_reason(partly_failed(2), good()) ==
        "2 of 100 requests failed, over 1 %: the times are those of the others");
}

TEST_CASE("too few beats have no p99: the latest counts, against ten times as much") {
  own_conduct few = good();
  few.loop_lag = {};
  few.loop_lag.add(50e3, 660);
  few.loop_lag.add(9e6);
  CHECK(reasons_against(measured(50, 0.1), few).empty());
  few.loop_lag = {};
  few.loop_lag.add(50e3, 10);
  few.loop_lag.add(15e6);
  CHECK(only_reason(measured(50, 0.1), few) ==
        "the client's loop was late: the latest of 11 15 ms, over 10 ms");
}

TEST_CASE("of several loops the latest and the busiest count") {
  own_conduct all = good(), late = good(), busy = good(), idle;
  late.loop_lag.add(20e6, 100);
  busy.cpu = milliseconds(9900);
  all.add_loop(idle);
  all.add_loop(good());
  CHECK(reasons_against(measured(50, 0.1), all).empty());
  own_conduct with_late = all;
  with_late.add_loop(late);
  with_late.add_loop(good());
  CHECK(only_reason(measured(50, 0.1), with_late).starts_with("the client's loop was late: p99"));
  all.add_loop(busy);
  all.add_loop(good());
  CHECK(only_reason(measured(50, 0.1), all).starts_with("the client used 99 % of its core"));
}

TEST_CASE("a loop with few beats that was very late is not lost among those with many") {
  own_conduct all = good(), few;
  few.steady = few.system = seconds(1);
  few.loop_lag.add(50e6);
  all.add_loop(few);
  CHECK(only_reason(measured(50, 0.1), all).find("the latest of 1") != std::string::npos);
}
