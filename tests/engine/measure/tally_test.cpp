#include "engine/measure/tally.hpp"

#include <doctest/doctest.h>

#include "tests/support/measurements.hpp"

using namespace retort::engine;
using namespace retort::test;
using retort::providers::failure_kind;

TEST_CASE("rates are of the time from the first written to the last content") {
  tally all;
  const auto slos = parse_slos("e2e_p50=150ms").value();
  all.add(timed_answer(1000, 10, 100, 20), slos);
  all.add(timed_answer(500, 10, 100, 30), slos);
  all.add(timed_answer(2300, 10, 200, 50), slos);  // until 2,500
  CHECK(all.wall_s() == doctest::Approx(2));
  CHECK(*all.success_rate() == doctest::Approx(1.5));
  CHECK(*all.rate_of(all.output) == doctest::Approx(50));
  CHECK(*all.rate_of(all.input) == doctest::Approx(15));
  CHECK(*all.goodput(slos) == doctest::Approx(1));
  CHECK(*all.mean_in_flight() == doctest::Approx(0.2));
  CHECK(all.of(metric::icl).count() == 3);
}

TEST_CASE("failures are counted by class, 429 and 529 apart") {
  tally all;
  all.add(timed_answer(0, 10, 1000, 20), {});
  for (int i = 0; i < 3; ++i) all.add(timed_failure(failure_kind::rate_limited, 429), {});
  all.add(timed_failure(failure_kind::overloaded, 529), {});
  all.add(timed_failure(failure_kind::overloaded, 503), {});
  all.add(timed_failure(failure_kind::timeout, 0), {});
  CHECK(all.requests() == 7);
  CHECK(all.failures == 6);
  CHECK(all.by_class.at("rate_limited 429").count == 3);
  CHECK(all.by_class.at("rate_limited 429").example == "no");
  CHECK(all.by_class.at("overloaded 529").count == 1);
  CHECK(all.by_class.at("overloaded 503").count == 1);
  CHECK(all.by_class.at("timeout").count == 1);
  CHECK(all.wall_s() == doctest::Approx(1));
}

TEST_CASE("tokens that one success does not tell are no smaller sum, but none") {
  tally all;
  all.add(timed_answer(0, 10, 1000, 20), {});
  CHECK(all.rate_of(all.output).has_value());
  all.add(timed_answer(0, 10, 1000, -1), {});
  CHECK_FALSE(all.rate_of(all.output).has_value());
  CHECK(all.output.untold == 1);
  CHECK(all.rate_of(all.input).has_value());
}

TEST_CASE("nothing at all has no rates, and an answer without content is counted apart") {
  tally none;
  CHECK_FALSE(none.success_rate().has_value());
  CHECK_FALSE(none.goodput({}).has_value());
  measurement empty;
  empty.written = at_ms(1);
  empty.used = {.input = 3, .output = 0};
  none.add(empty, {});
  CHECK(none.successes == 1);
  CHECK(none.empty == 1);
  CHECK(none.of(metric::e2e).count() == 0);
}

TEST_CASE("a server that sends ever other statuses does not grow the memory") {
  tally all;
  for (int status = 400; status < 999; ++status)
    all.add(timed_failure(failure_kind::bad_request, status), {});
  CHECK(all.by_class.size() <= 101);
  CHECK(all.by_class.at("others").count == 599 - 100);
}

namespace {

slo one_slo(const char* text) { return parse_slos(text).value().front(); }

// One that was refused at the end of so many milliseconds.
measurement refused(double written, double end) {
  measurement out = timed_failure(failure_kind::rate_limited, 429);
  out.sent_off = out.written = at_ms(written);
  out.ended = at_ms(end);
  return out;
}

}  // namespace

TEST_CASE("a failed request misses every SLO") {
  tally all;
  for (int i = 0; i < 200; ++i) all.add(timed_answer(i * 10, 10, 100, 20), {});
  CHECK(all.keeps(one_slo("e2e_p90=150ms")) == kept::yes);
  for (int i = 0; i < 10; ++i) all.add(refused(i * 10, i * 10 + 1), {});
  CHECK(all.keeps(one_slo("e2e_p90=150ms")) == kept::yes);      // 4.8 % of them
  CHECK(all.keeps(one_slo("e2e_p95=150ms")) == kept::unknown);  // and no more than 5 %, by chance
  for (int i = 0; i < 1800; ++i) all.add(refused(i, i + 1), {});
  for (const char* text : {"e2e_p90=1min", "ttft_p50=1min", "tpot_p50=1min", "icl_p50=1min"}) {
    CAPTURE(text);
    CHECK(all.keeps(one_slo(text)) == kept::no);
  }
}

TEST_CASE("a failed request misses an SLO of what it has itself, and one of nothing answered") {
  tally all, none;
  for (int i = 0; i < 100; ++i) {
    measurement one = i < 10 ? timed_answer(i, 10, 100, 20) : refused(i, i + 1);
    one.scheduled = one.taken_up = at_ms(i);
    all.add(one, {});
    none.add(refused(i, i + 1), {});
  }
  CHECK(all.of(metric::schedule_lag).count() == 100);
  CHECK(all.keeps(one_slo("schedule_lag_p50=1s")) == kept::no);
  CHECK(none.keeps(one_slo("tpot_p50=1min")) == kept::no);
}

TEST_CASE("an answer without content misses an SLO of what every answer has") {
  tally all;
  for (int i = 0; i < 100; ++i) {
    measurement one = timed_answer(i, 10, 100, 20);
    if (i % 2 == 0) {
      one = {};
      one.written = at_ms(i);
      one.ended = at_ms(i + 1);
    }
    all.add(one, {});
  }
  CHECK(all.keeps(one_slo("e2e_p90=1min")) == kept::no);
  CHECK(all.keeps(one_slo("tpot_p50=1min")) == kept::yes);
}

TEST_CASE("an SLO of what no answer has is not told, and there is no goodput by it") {
  tally all;
  const auto slos = parse_slos("tpot_p90=1ms,e2e_p90=1s").value();
  for (int i = 0; i < 100; ++i) all.add(timed_answer(i, 10, 100, 1), slos);
  CHECK(all.keeps(slos[0]) == kept::untold);
  CHECK(all.keeps_all(slos) == kept::untold);
  CHECK_FALSE(all.goodput(slos).has_value());
  CHECK(all.good == 100);
  all.add(timed_answer(0, 10, 11, 20), slos);
  CHECK(all.goodput(slos).has_value());
}

TEST_CASE("rates and requests in flight are of all the time, that of failures included") {
  tally all;
  all.add(timed_answer(1000, 10, 1000, 20), {});
  all.add(refused(500, 4500), {});
  CHECK(all.wall_s() == doctest::Approx(4));
  CHECK(*all.success_rate() == doctest::Approx(0.25));
  CHECK(*all.rate_of(all.output) == doctest::Approx(5));
  CHECK(*all.mean_in_flight() == doctest::Approx(1.25));
  measurement unsent = timed_failure(failure_kind::timeout, 0);
  unsent.sent_off = at_ms(500);
  unsent.ended = at_ms(8500);
  all.add(unsent, {});
  CHECK(all.wall_s() == doctest::Approx(8));
}

TEST_CASE("the gaps of a request are no samples of their own") {
  measurement many = timed_answer(0, 10, 1000, 20);
  many.gaps.assign(5000, std::chrono::milliseconds(1));
  tally all;
  for (int i = 0; i < 2; ++i) all.add(many, {});
  CHECK(all.of(metric::icl).count() == 10000);
  CHECK_FALSE(all.stated(metric::icl, 0.5).has_value());
  CHECK(all.keeps(one_slo("icl_p50=1s")) == kept::unknown);
  for (int i = 0; i < 62; ++i) all.add(many, {});
  REQUIRE(all.stated(metric::icl, 0.9).has_value());
  CHECK(all.stated(metric::icl, 0.9)->value == doctest::Approx(1e6).epsilon(0.002));
  CHECK(all.keeps(one_slo("icl_p90=1s")) == kept::yes);
  CHECK_FALSE(all.stated(metric::icl, 0.95).has_value());
}

TEST_CASE("a request that was to be given up and failed before is in no share of failures") {
  tally all;
  for (int i = 0; i < 1000; ++i) {
    const bool to_cancel = i % 10 != 0, fails = i % 20 < 2;
    measurement one = fails ? refused(i, i + 1) : timed_answer(i, 10, 100, 20);
    if (to_cancel) one.to_cancel.emplace();
    one.is_cancelled = to_cancel && !fails;
    all.add(one, {});
  }
  CHECK(all.requests() == 100);
  CHECK(all.failures == 50);
  CHECK(all.by_class.at("rate_limited 429").count == 50);
  CHECK(all.cancelled == 850);
  CHECK(all.fell == 50);
  CHECK(all.to_cancel() == 900);
}
