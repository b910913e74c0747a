#include "engine/measure/tally.hpp"

#include <doctest/doctest.h>

#include "tests/support/measurements.hpp"

using namespace retort::engine;
using namespace retort::test;
using retort::providers::failure_kind;

TEST_CASE("rates are of the time from the first written to the last content") {
  tally all;
  const auto slos = parse_slos("e2e_p50=150ms").value();
  all.add(answered(1000, 10, 100, 20), slos);
  all.add(answered(500, 10, 100, 30), slos);
  all.add(answered(2300, 10, 200, 50), slos);  // until 2,500
  CHECK(all.wall_s() == doctest::Approx(2));
  CHECK(*all.success_rate() == doctest::Approx(1.5));
  CHECK(*all.rate_of(all.output) == doctest::Approx(50));
  CHECK(*all.rate_of(all.input) == doctest::Approx(15));
  CHECK(*all.goodput() == doctest::Approx(1));
  CHECK(*all.mean_in_flight() == doctest::Approx(0.2));
  CHECK(all.of(metric::icl).count() == 3);
}

TEST_CASE("failures are counted by class, 429 and 529 apart, and stretch no time") {
  tally all;
  all.add(answered(0, 10, 1000, 20), {});
  for (int i = 0; i < 3; ++i) all.add(failed(failure_kind::rate_limited, 429), {});
  all.add(failed(failure_kind::overloaded, 529), {});
  all.add(failed(failure_kind::overloaded, 503), {});
  all.add(failed(failure_kind::timeout, 0), {});
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
  all.add(answered(0, 10, 1000, 20), {});
  CHECK(all.rate_of(all.output).has_value());
  all.add(answered(0, 10, 1000, -1), {});
  CHECK_FALSE(all.rate_of(all.output).has_value());
  CHECK(all.output.untold == 1);
  CHECK(all.rate_of(all.input).has_value());
}

TEST_CASE("nothing at all has no rates, and an answer without content is counted apart") {
  tally none;
  CHECK_FALSE(none.success_rate().has_value());
  CHECK_FALSE(none.goodput().has_value());
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
    all.add(failed(failure_kind::bad_request, status), {});
  CHECK(all.by_class.size() <= 101);
  CHECK(all.by_class.at("others").count == 599 - 100);
}
