#include "engine/endpoint/next_step.hpp"

#include <doctest/doctest.h>

using namespace std::chrono_literals;
using namespace retort::engine;
using act = next_step::act;
using retort::providers::failure;
using retort::providers::failure_kind;
using enum retort::providers::failure_kind;

namespace {

const endpoint_history::time_point start{1h};
const patience six{6, 30s};

failure told(failure_kind kind, int status) { return {kind, status, "m", {}}; }

failed_attempt attempt_of(std::uint64_t ordinal, failure why,
                          std::chrono::seconds after_start = 10s) {
  failed_attempt what;
  what.why = std::move(why);
  what.by = {ordinal, start + after_start - 1s, start + after_start};
  what.since = what.by.ended;
  return what;
}

endpoint_history proven() {
  endpoint_history of;
  of.answered_well({1000, start, start + 1s});
  return of;
}

// As the engine does it: the history first, then what follows.
next_step follow(endpoint_history& of, const failed_attempt& what) {
  of.failed(what.by, what.why);
  const next_step next = after(what, of, six, 0);
  if (next.doubts) of.doubt(what.by);
  if (next.what == act::hold || next.what == act::give_up) of.refused(what.by, what.why);
  return next;
}

}  // namespace

TEST_CASE("what follows the first failure of one sample") {
  struct {
    const char* what;
    failure why;
    act unproven, proven;
    bool charges;  // where it is tried again
  } const table[] = {
      {"a server's fault", told(server_error, 500), act::retry, act::retry, true},
      {"a broken answer", told(invalid_response, 200), act::retry, act::retry, true},
      {"a deadline", told(timeout, 0), act::retry, act::retry, true},
      {"a rate limit", told(rate_limited, 429), act::retry, act::retry, false},
      {"a bad request", told(bad_request, 400), act::hold, act::hold, true},
      {"a wrong key", told(authentication, 401), act::retire, act::retry, true},
      {"no such model", told(not_found, 404), act::retire, act::retry, true},
      {"no money", told(quota_exhausted, 402), act::retire, act::retire, true},
  };
  for (const auto& [name, why, if_unproven, if_proven, charges] : table) {
    CAPTURE(name);
    endpoint_history fresh, known = proven();
    CHECK(follow(fresh, attempt_of(1, why)).what == if_unproven);
    const next_step next = follow(known, attempt_of(1, why));
    CHECK(next.what == if_proven);
    if (next.what == act::retry) CHECK(next.charges == charges);
  }
}

TEST_CASE("what is the sample's own settles it at once, whoever says so") {
  failure too_long = told(bad_request, 413);
  too_long.own = true;
  endpoint_history fresh;
  CHECK(follow(fresh, attempt_of(1, too_long)).what == act::give_up);
}

TEST_CASE("a cancelled request is left, an untrusted server is not asked again") {
  endpoint_history of = proven();
  failed_attempt what = attempt_of(1, told(network, 0));
  what.is_untrusted = true;
  CHECK(after(what, of, six, 0).what == act::retire);
  CHECK_FALSE(after(what, of, six, 0).resumable);
  what.is_cancelled = true;
  CHECK(after(what, of, six, 0).what == act::leave);
}

TEST_CASE("after its last attempt a sample has failed") {
  endpoint_history of = proven();
  failed_attempt what = attempt_of(1, told(server_error, 500));
  what.charged = 4;
  CHECK(follow(of, what).what == act::retry);
  what.charged = 5;
  CHECK(follow(of, what).what == act::give_up);
}

TEST_CASE("who never answered is waited for, at no attempt, until the time to start is over") {
  for (const failure& why : {told(network, 0), told(overloaded, 503), told(server_error, 502)}) {
    CAPTURE(why.status);
    endpoint_history of;
    failed_attempt what = attempt_of(1, why, 10s);
    what.charged = 5;
    for (std::chrono::seconds now = 10s; now < 40s; now += 1s) {
      what.by.ended = start + now;
      const next_step next = follow(of, what);
      REQUIRE(next.what == act::retry);
      CHECK_FALSE(next.charges);
      ++what.spared;
    }
    what.by.ended = start + 40s;
    const next_step last = follow(of, what);
    CHECK(last.what == act::retire);
    CHECK(last.resumable);
    what.others_serve = true;  // then it may take its time
    CHECK(after(what, of, six, 0).what == act::retry);
  }
}

TEST_CASE("an outage that several samples see costs none of them an attempt, for an hour") {
  for (const failure& why : {told(network, 0), told(server_error, 502), told(timeout, 504)}) {
    endpoint_history of = proven();
    failed_attempt one = attempt_of(1, why), other = attempt_of(2, why);
    one.is_down = other.is_down = true;
    CHECK(follow(of, one).charges);  // it may be this one's
    CHECK_FALSE(follow(of, other).charges);
    CHECK_FALSE(follow(of, one).charges);
    one.by.ended = start + 10s + 1h;
    CHECK(follow(of, one).what == act::retire);
    CHECK(follow(of, one).resumable);
  }
}

TEST_CASE("a request that kills its connection fails alone, even with nobody beside it") {
  endpoint_history of = proven();
  failed_attempt what = attempt_of(1, told(network, 0));
  what.is_down = true;
  for (what.charged = 0; what.charged < 5; ++what.charged) {
    CHECK(follow(of, what).what == act::retry);
  }
  CHECK(follow(of, what).what == act::give_up);
}

TEST_CASE("rate limits cost time, and an hour of nothing else ends it") {
  endpoint_history of;
  failed_attempt what = attempt_of(1, told(rate_limited, 429));
  what.charged = 5;
  for (what.spared = 0; what.spared < 1000; ++what.spared) {
    const next_step next = follow(of, what);
    REQUIRE(next.what == act::retry);
    REQUIRE_FALSE(next.charges);
  }
  what.by.ended += 1h;
  CHECK(follow(of, what).what == act::retire);
  CHECK(follow(of, what).resumable);
}

TEST_CASE("of one sample that is refused for an hour while others are served, it is the sample") {
  endpoint_history of = proven();
  failed_attempt what = attempt_of(1, told(rate_limited, 429));
  follow(of, what);
  of.answered_well({2, what.by.ended + 30min, what.by.ended + 31min});
  what.by.ended += 1h;
  CHECK(follow(of, what).what == act::give_up);
}

TEST_CASE("waits that cost nothing are short, unless the server asks for more") {
  endpoint_history of;
  failed_attempt what = attempt_of(1, told(rate_limited, 429));
  what.spared = 100;
  CHECK(after(what, of, six, 8000).wait == 8s);
  CHECK(after(what, of, six, 8001).wait == 0s);
  what.why.retry_after = 20s;
  CHECK(after(what, of, six, 0).wait == 20s);
}

TEST_CASE("a 408 that nobody asked for costs no attempt, once") {
  endpoint_history of = proven();
  failed_attempt what = attempt_of(1, told(timeout, 408));
  CHECK_FALSE(follow(of, what).charges);
  what.spared_a_408 = true;
  CHECK(follow(of, what).charges);
}

TEST_CASE("a key that is said to be wrong after good answers is tried a second time") {
  endpoint_history of = proven();
  const next_step first = follow(of, attempt_of(1, told(authentication, 401), 10s));
  CHECK(first.what == act::retry);
  CHECK(first.doubts);
  CHECK(first.wait >= second_look);
  CHECK(follow(of, attempt_of(2, told(authentication, 401), 10s)).what == act::retry);  // at once
  const next_step second = follow(of, attempt_of(2, told(authentication, 401), 12s));
  CHECK(second.what == act::retire);
  CHECK_FALSE(second.resumable);
}

TEST_CASE("one sample that is always told so, while others are answered, fails alone and open") {
  endpoint_history of = proven();
  failed_attempt what = attempt_of(1, told(not_found, 404), 10s);
  for (what.charged = 0; what.charged < 5; ++what.charged) {
    CHECK(follow(of, what).what == act::retry);
    of.answered_well({2, what.by.ended, what.by.ended + 1s});
    what.by.began += 10s;
    what.by.ended += 10s;
  }
  CHECK(follow(of, what).what == act::give_up);
}

TEST_CASE("the last sample alone, told so to the end, is the endpoint's affair") {
  endpoint_history of = proven();
  failed_attempt what = attempt_of(1, told(not_found, 404), 10s);
  for (what.charged = 0; what.charged < 5; ++what.charged) follow(of, what);
  CHECK(follow(of, what).what == act::retire);
}

TEST_CASE("a page in place of an answer is asked for once more, then it is the sample's") {
  failure page = told(bad_request, 403);
  page.foreign = true;
  endpoint_history of = proven();
  failed_attempt what = attempt_of(1, page);
  CHECK(follow(of, what).what == act::retry);
  what.charged = 1;
  CHECK(follow(of, what).what == act::hold);
}

TEST_CASE("where nobody gets JSON the endpoint goes, after a handful") {
  failure page = told(invalid_response, 200);
  page.foreign = true;
  endpoint_history of;
  for (std::uint64_t i = 0; i < 4; ++i) CHECK(follow(of, attempt_of(i, page)).what == act::retry);
  CHECK(follow(of, attempt_of(4, page)).what == act::retire);
}

TEST_CASE("what follows a failed request of a batch") {
  failure own = told(bad_request, 413);
  own.own = true;
  CHECK(after_batch(told(server_error, 500), 1, six).what == act::retry);
  CHECK(after_batch(told(server_error, 500), 6, six).what == act::give_up);
  CHECK(after_batch(told(bad_request, 400), 1, six).what == act::hold);
  CHECK(after_batch(own, 1, six).what == act::give_up);
  CHECK(after_batch(told(authentication, 401), 1, six).what == act::retire);
  CHECK(after_batch(told(quota_exhausted, 429), 1, six).what == act::retire);
}
