#include "engine/measure/measurement.hpp"

#include <doctest/doctest.h>

#include "tests/support/measurements.hpp"

using namespace retort::engine;
using namespace retort::test;
namespace providers = retort::providers;

TEST_CASE("each metric is what its page says, in nanoseconds") {
  measurement one = timed_answer(100, 50, 450, 5);
  one.scheduled = at_ms(80);
  one.taken_up = at_ms(81);
  one.sent_off = at_ms(95);
  one.first_visible = at_ms(300);
  CHECK(value_of(one, metric::ttft) == 50e6);
  CHECK(value_of(one, metric::ttfot) == 200e6);
  CHECK(value_of(one, metric::e2e) == 450e6);
  CHECK(value_of(one, metric::tpot) == 100e6);  // 400 ms for the four behind the first
  CHECK(value_of(one, metric::ntpot) == 90e6);
  CHECK(value_of(one, metric::icl) == 400e6);
  CHECK(value_of(one, metric::ttft_from_schedule) == 70e6);
  CHECK(value_of(one, metric::e2e_from_schedule) == 470e6);
  CHECK(value_of(one, metric::schedule_lag) == 1e6);
  CHECK(value_of(one, metric::wait_for_place) == 14e6);
  CHECK(value_of(one, metric::first_byte) == 50e6);
}

TEST_CASE("what did not happen has no value, and is never 0") {
  measurement closed = timed_answer(100, 50, 450, 5);
  CHECK_FALSE(value_of(closed, metric::e2e_from_schedule).has_value());
  CHECK_FALSE(value_of(closed, metric::schedule_lag).has_value());
  CHECK_FALSE(value_of(closed, metric::dns).has_value());
  closed.opened = retort::io::connection_times{.tcp = std::chrono::milliseconds(3)};
  CHECK(value_of(closed, metric::tcp) == 3e6);
  CHECK_FALSE(value_of(closed, metric::tls).has_value());
  closed.first_content = closed.first_visible = {};
  CHECK_FALSE(value_of(closed, metric::ttft).has_value());
  CHECK_FALSE(value_of(closed, metric::ttfot).has_value());
  CHECK_FALSE(value_of(closed, metric::tpot).has_value());
}

TEST_CASE("time per token needs tokens: the server's count") {
  measurement one = timed_answer(0, 10, 100, 1);
  CHECK_FALSE(value_of(one, metric::tpot).has_value());
  CHECK(value_of(one, metric::ntpot) == 100e6);
  one.used.output = -1;
  CHECK_FALSE(output_tokens(one).has_value());
  CHECK_FALSE(value_of(one, metric::ntpot).has_value());
  measurement empty;
  empty.used.output = 0;
  CHECK(output_tokens(empty) == 0);
}

TEST_CASE("an answer that came at once has no time behind its first token, and not 0") {
  measurement one = timed_answer(0, 100, 100, 50);
  CHECK_FALSE(value_of(one, metric::tpot).has_value());  // two chunks in one read
  one.last = at_ms(150);
  CHECK(value_of(one, metric::tpot).has_value());
  one.chunks = 1;
  CHECK_FALSE(value_of(one, metric::tpot).has_value());
  one.gaps.clear();
  CHECK_FALSE(value_of(one, metric::icl).has_value());
}

TEST_CASE("a failed request has the times before its answer, and none of its answer") {
  measurement one = timed_answer(100, 50, 450, 5);
  one.scheduled = at_ms(90);
  one.failed = providers::failure{providers::failure_kind::network, 200, "cut", {}};
  CHECK(value_of(one, metric::schedule_lag) == 10e6);
  CHECK_FALSE(value_of(one, metric::ttft).has_value());
  CHECK_FALSE(value_of(one, metric::e2e).has_value());
}
