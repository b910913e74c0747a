#include "engine/limit_search/outcome_count.hpp"

#include <doctest/doctest.h>

#include "tests/support/measurements.hpp"

using namespace retort::engine;
using namespace retort::test;
using retort::providers::failure_kind;

namespace {

outcome_count counted(int answered, int refused, int overloaded, int unknown_key) {
  outcome_count out;
  for (int i = 0; i < answered; ++i) out.add(timed_answer(0, 10, 100, 5));
  for (int i = 0; i < refused; ++i) out.add(timed_failure(failure_kind::rate_limited, 429));
  for (int i = 0; i < overloaded; ++i) out.add(timed_failure(failure_kind::overloaded, 503));
  for (int i = 0; i < unknown_key; ++i) {
    out.add(timed_failure(failure_kind::authentication, 401));
  }
  return out;
}

}  // namespace

TEST_CASE("a refusal is no failure, and more than a tenth of failures spoils") {
  const outcome_count some = counted(20, 7, 3, 0);
  CHECK(some.answered == 20);
  CHECK(some.refused == 7);
  CHECK(some.failed == 3);
  CHECK(some.is_spoiled(29));
  CHECK_FALSE(some.is_spoiled(30));
  CHECK_FALSE(counted(8, 0, 0, 0).is_spoiled(8));
  CHECK(counted(7, 0, 1, 0).is_spoiled(8));
  CHECK(counted(0, 0, 1, 0).is_spoiled(0));
}

TEST_CASE("what half of the failures are decides whether they may pass") {
  CHECK(counted(1, 0, 3, 0).may_pass());
  CHECK(counted(1, 0, 2, 2).may_pass());
  CHECK_FALSE(counted(1, 0, 1, 2).may_pass());
  CHECK_FALSE(counted(1, 5, 0, 1).may_pass());
}

TEST_CASE("failures in words are those of the most frequent class, of all requests") {
  CHECK(counted(20, 7, 3, 2).failures() == "5 of 32 requests failed (overloaded 503: no)");
  CHECK(counted(0, 0, 0, 1).failures() == "1 of 1 requests failed (authentication 401: no)");
  outcome_count mute;
  auto one = timed_failure(failure_kind::server_error, 500);
  one.failed->message.clear();
  mute.add(one);
  CHECK(mute.failures() == "1 of 1 requests failed (server_error 500)");
  CHECK(counted(3, 0, 0, 0).failures() == "no request failed");
}
