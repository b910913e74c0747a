#include "engine/endpoint/next_step.hpp"

#include <doctest/doctest.h>

#include <set>
#include <string>

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
  what.before.since = what.by.ended;
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
  const next_step next = after_failure(what, of, six, 0);
  if (next.doubts) of.doubt(what.by);
  if (next.what == act::hold || next.what == act::give_up) of.refused(what.by, what.why);
  return next;
}

// R: tried again; F: for free; D: and doubted. H: held, G: given up, L: left. X: the endpoint is
// retired; Y: resumable.
char letter_of(const next_step& next) {
  switch (next.what) {
    case act::retry: return !next.charges ? 'F' : next.doubts ? 'D' : 'R';
    case act::keep: return 'K';
    case act::give_up: return 'G';
    case act::hold: return 'H';
    case act::retire: return next.resumable ? 'Y' : 'X';
    case act::leave: return 'L';
  }
  return '?';
}

// Of a sample's first attempt and of its last one: at an endpoint that never answered, at one that
// has, at one that has and now fails others too.
std::string letters_of(const failed_attempt& what) {
  endpoint_history fresh, known = proven(), down = proven();
  down.failed({2, start + 1s, start + 2s}, told(network, 0));
  std::string letters;
  for (const endpoint_history* at : {&fresh, &known, &down}) {
    for (const std::uint32_t charged : {0, 5}) {
      failed_attempt one = what;
      one.before.charged = charged;
      one.is_down = at == &down;
      letters += letter_of(after_failure(one, *at, six, 0));
    }
  }
  return letters;
}

}  // namespace

TEST_CASE("what follows a failure: every kind, by the endpoint's history and the sample's") {
  struct {
    const char* what;
    failure_kind kind;
    int status;
    const char* next;  // unproven, proven, down: first and last attempt of each
  } const table[] = {
      {"429", rate_limited, 429, "FFFFFF"},
      {"no room", overloaded, 503, "FFRGFF"},
      {"overloaded", overloaded, 529, "RGRGFF"},
      {"a fault", server_error, 500, "RGRGFF"},
      {"a gateway's fault", server_error, 502, "FFRGFF"},
      {"no answer in time", timeout, 0, "RGRGFF"},
      {"a gateway had no answer in time", timeout, 504, "FFRGFF"},
      {"an idle connection's end", timeout, 408, "FFFFFF"},
      {"no connection", network, 0, "FFRGFF"},
      {"a broken answer", invalid_response, 200, "RGRGFF"},
      {"a bad request", bad_request, 400, "HHHHHH"},
      {"content refused", content_filter, 400, "HHHHHH"},
      {"a wrong key", authentication, 401, "XXDXDX"},
      {"a refusal that may be the request's", authentication, 403, "DGDGDG"},
      {"no such model", not_found, 404, "XXDXDX"},
      {"no money", quota_exhausted, 402, "YYYYYY"},
  };
  std::set<failure_kind> kinds;
  for (const auto& [what, kind, status, next] : table) {
    CAPTURE(what);
    CHECK(letters_of(attempt_of(1, told(kind, status))) == next);
    kinds.insert(kind);
  }
  CHECK(kinds.size() == 11);
}

TEST_CASE("what follows a failure, by what else is known of it") {
  failed_attempt own = attempt_of(1, told(bad_request, 413)), page = own, cut = own, stranger = own,
                 again = attempt_of(1, told(timeout, 408));
  own.why.own = true;
  page.why.foreign = true;
  cut.is_cancelled = true;
  stranger.is_untrusted = true;
  again.before.spared_a_408 = true;
  CHECK(letters_of(own) == "GGGGGG");
  CHECK(letters_of(page) == "RHRHRH");
  CHECK(letters_of(cut) == "LLLLLL");
  CHECK(letters_of(stranger) == "XXXXXX");
  CHECK(letters_of(again) == "RGRGFF");
}

TEST_CASE("an answer with nothing in it is asked for twice more, while there are attempts") {
  const auto next = [](std::uint32_t blank, std::uint32_t charged) {
    tries before;
    before.blank = blank;
    before.charged = charged;
    return letter_of(after_blank(before, six, 0));
  };
  CHECK(next(0, 0) == 'R');
  CHECK(next(1, 1) == 'R');
  CHECK(next(2, 2) == 'K');
  CHECK(next(0, 4) == 'R');
  CHECK(next(0, 5) == 'K');
}

TEST_CASE("a sample's tries are counted by what they cost") {
  tries mine;
  next_step charged, spared;
  spared.charges = false;
  mine.count(charged, 500);
  mine.count(spared, 429);
  CHECK_FALSE(mine.spared_a_408);
  mine.count(spared, 408);
  mine.count_blank();
  CHECK(mine.charged == 2);
  CHECK(mine.spared == 2);
  CHECK(mine.spared_a_408);
  CHECK(mine.blank == 1);
  mine.failed(start, network);
  mine.failed(start + 1s, network);
  CHECK(mine.since == start);
}

TEST_CASE("after its last attempt a sample has failed") {
  endpoint_history of = proven();
  failed_attempt what = attempt_of(1, told(server_error, 500));
  what.before.charged = 4;
  CHECK(follow(of, what).what == act::retry);
  what.before.charged = 5;
  CHECK(follow(of, what).what == act::give_up);
}

TEST_CASE("who never answered is waited for, at no attempt, until the time to start is over") {
  for (const failure& why : {told(network, 0), told(overloaded, 503), told(server_error, 502)}) {
    CAPTURE(why.status);
    endpoint_history of;
    failed_attempt what = attempt_of(1, why, 10s);
    what.before.charged = 5;
    for (std::chrono::seconds now = 10s; now < 40s; now += 1s) {
      what.by.ended = start + now;
      const next_step next = follow(of, what);
      REQUIRE(next.what == act::retry);
      CHECK_FALSE(next.charges);
      ++what.before.spared;
    }
    what.by.ended = start + 40s;
    const next_step last = follow(of, what);
    CHECK(last.what == act::retire);
    CHECK(last.resumable);
    what.others_serve = true;  // then it may take its time
    CHECK(after_failure(what, of, six, 0).what == act::retry);
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
  for (what.before.charged = 0; what.before.charged < 5; ++what.before.charged) {
    CHECK(follow(of, what).what == act::retry);
  }
  CHECK(follow(of, what).what == act::give_up);
}

TEST_CASE("rate limits cost time, and an hour of nothing else ends it") {
  endpoint_history of;
  failed_attempt what = attempt_of(1, told(rate_limited, 429));
  what.before.charged = 5;
  for (what.before.spared = 0; what.before.spared < 1000; ++what.before.spared) {
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
  what.before.spared = 100;
  CHECK(after_failure(what, of, six, 8000).wait == 8s);
  CHECK(after_failure(what, of, six, 8001).wait == 0s);
  what.why.retry_after = 20s;
  CHECK(after_failure(what, of, six, 0).wait == 20s);
  what.why.retry_after = 1s;
  CHECK(after_failure(what, of, six, 8000).wait <= 1100ms);
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
  for (what.before.charged = 0; what.before.charged < 5; ++what.before.charged) {
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
  for (what.before.charged = 0; what.before.charged < 5; ++what.before.charged) follow(of, what);
  CHECK(follow(of, what).what == act::retire);
}

// What is left of a run may be the one record that a safety check refuses.
TEST_CASE("a 403 is believed of no sample alone, though nobody was ever answered") {
  for (endpoint_history of : {endpoint_history(), proven()}) {
    failed_attempt what = attempt_of(1, told(authentication, 403), 10s);
    for (what.before.charged = 0; what.before.charged < 5; ++what.before.charged) {
      CHECK(follow(of, what).doubts);
    }
    CHECK(follow(of, what).what == act::give_up);
    const next_step other = follow(of, attempt_of(2, told(authentication, 403), 12s));
    CHECK(other.what == act::retire);
    CHECK_FALSE(other.resumable);
  }
}

TEST_CASE("a page in place of an answer is asked for once more, then it is the sample's") {
  failure page = told(bad_request, 403);
  page.foreign = true;
  endpoint_history of = proven();
  failed_attempt what = attempt_of(1, page);
  CHECK(follow(of, what).what == act::retry);
  what.before.charged = 1;
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

TEST_CASE("what was never sent, or to who is gone, goes elsewhere at no attempt") {
  const auto letter = [](failure why, bool is_gone, bool is_unsent, bool others_serve) {
    auto what = attempt_of(7, std::move(why));
    what.is_gone = is_gone;
    what.is_unsent = is_unsent;
    what.others_serve = others_serve;
    what.before.charged = 5;  // its last attempt
    return letter_of(after_failure(what, proven(), six, 0));
  };
  CHECK(letter(told(network, 0), true, false, false) == 'F');
  CHECK(letter(told(server_error, 500), true, false, true) == 'F');
  CHECK(letter(told(timeout, 0), true, false, true) == 'F');
  CHECK(letter(told(network, 0), false, true, true) == 'F');
  CHECK(letter(told(network, 0), false, true, false) == 'G');
  CHECK(letter(told(network, 0), false, false, true) == 'G');
  CHECK(letter(told(bad_request, 400), true, false, true) == 'H');
}
