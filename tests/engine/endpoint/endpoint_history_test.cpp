#include "engine/endpoint/endpoint_history.hpp"

#include <doctest/doctest.h>

using namespace std::chrono_literals;
using retort::engine::endpoint_history;
using retort::providers::failure;
using retort::providers::failure_kind;
using attempt = endpoint_history::attempt;

namespace {

const endpoint_history::time_point start{1h};

attempt at(std::uint64_t ordinal, std::chrono::milliseconds began,
           std::chrono::milliseconds took = 1ms) {
  return {ordinal, start + began, start + began + took};
}

failure told(failure_kind kind, int status = 400) { return {kind, status, "m", {}}; }

failure html(failure_kind kind, int status) {
  failure why = told(kind, status);
  why.foreign = true;
  return why;
}

}  // namespace

TEST_CASE("only who has answered well is proven") {
  endpoint_history of;
  CHECK_FALSE(of.is_proven());
  of.failed(at(1, 0ms), told(failure_kind::bad_request));
  CHECK_FALSE(of.is_proven());
  of.answered_well(at(2, 5ms));
  CHECK(of.is_proven());
  CHECK(of.answered_since(start + 5ms));
  CHECK_FALSE(of.answered_since(start + 6ms));
}

TEST_CASE("a refusal is the sample's own once somebody is answered who asked after it") {
  endpoint_history of;
  of.refused(at(1, 0ms, 10ms), told(failure_kind::bad_request));
  of.answered_well(at(2, 5ms, 100ms));  // asked before: that may have been another time
  CHECK(of.is_suspect(1));
  of.answered_well(at(3, 10ms));
  CHECK_FALSE(of.is_suspect(1));
}

TEST_CASE("a handful of samples, refused alike and nobody answered since, puts it on trial") {
  endpoint_history of;
  for (std::uint64_t i = 0; i < 20; ++i) of.refused(at(1, 1ms), told(failure_kind::bad_request));
  CHECK_FALSE(of.is_on_trial());  // one sample, many times
  for (std::uint64_t i = 2; i < 5; ++i) of.refused(at(i, 1ms), told(failure_kind::bad_request));
  CHECK_FALSE(of.is_on_trial());
  of.refused(at(5, 1ms), told(failure_kind::timeout, 0));  // another error
  CHECK_FALSE(of.is_on_trial());
  of.refused(at(6, 1ms), told(failure_kind::bad_request));
  CHECK(of.is_on_trial());
  CHECK(of.last_refusal().status == 400);
  CHECK_FALSE(of.is_condemned());
  of.answered_well(at(7, 20ms));
  CHECK_FALSE(of.is_on_trial());
}

TEST_CASE(
    "it is condemned when three more were refused, one by one, whether it had answered or not") {
  for (const bool has_answered : {false, true}) {
    endpoint_history of;
    if (has_answered) of.answered_well(at(0, 0ms));
    for (std::uint64_t i = 1; i < 9; ++i)
      of.refused(at(i, 1ms, 10ms), told(failure_kind::bad_request));
    CHECK(of.is_on_trial());
    CHECK_FALSE(of.is_condemned());  // those were under way at the same time
    for (std::uint64_t i = 10; i < 12; ++i)
      of.refused(at(i, 20ms), told(failure_kind::bad_request));
    CHECK_FALSE(of.is_condemned());
    of.refused(at(12, 30ms), told(failure_kind::bad_request));
    CHECK(of.is_condemned());
  }
}

TEST_CASE("who never gives JSON is known after a handful of samples") {
  endpoint_history of;
  for (std::uint64_t i = 0; i < 4; ++i) of.failed(at(i, 0ms), html(failure_kind::bad_request, 403));
  of.failed(at(3, 0ms), html(failure_kind::invalid_response, 200));
  of.failed(at(9, 0ms), html(failure_kind::overloaded, 503));  // of an outage a proxy tells so
  CHECK_FALSE(of.speaks_no_json());
  of.failed(at(4, 0ms), html(failure_kind::invalid_response, 200));
  CHECK(of.speaks_no_json());
}

TEST_CASE("who is never readable is known after a handful of samples as who never gives JSON") {
  endpoint_history of;
  for (std::uint64_t i = 0; i < 4; ++i)
    of.failed(at(i, 0ms), html(failure_kind::invalid_response, 0));
  of.failed(at(4, 0ms), told(failure_kind::network, 0));  // nothing was answered
  CHECK_FALSE(of.speaks_no_json());
  of.failed(at(5, 0ms), html(failure_kind::invalid_response, 0));
  CHECK(of.speaks_no_json());
}

TEST_CASE("one JSON error is enough to be the API") {
  endpoint_history of;
  of.failed(at(0, 0ms), told(failure_kind::rate_limited, 429));
  for (std::uint64_t i = 1; i < 20; ++i)
    of.failed(at(i, 0ms), html(failure_kind::invalid_response, 200));
  CHECK_FALSE(of.speaks_no_json());
}

TEST_CASE("a doubt is confirmed by another sample's request that went out after it") {
  endpoint_history of;
  of.answered_well(at(0, 0ms));
  of.doubt(at(1, 10ms, 5ms));
  CHECK_FALSE(of.is_doubt_confirmed(at(1, 100ms)));  // itself
  CHECK_FALSE(of.is_doubt_confirmed(at(2, 14ms)));   // at the same time
  CHECK(of.is_doubt_confirmed(at(2, 15ms)));
  of.answered_well(at(3, 20ms));
  CHECK_FALSE(of.is_doubt_confirmed(at(2, 30ms)));
}

TEST_CASE("an outage is what more than one sample sees") {
  endpoint_history of;
  of.failed(at(1, 0ms), told(failure_kind::network, 0));
  of.failed(at(1, 1ms), told(failure_kind::network, 0));
  CHECK_FALSE(of.others_fail(1));
  CHECK(of.others_fail(2));
  of.failed(at(2, 2ms), told(failure_kind::bad_request));
  CHECK_FALSE(of.others_fail(1));
  of.failed(at(2, 3ms), told(failure_kind::overloaded, 503));
  CHECK(of.others_fail(1));
  of.answered_well(at(3, 4ms));
  CHECK_FALSE(of.others_fail(1));
}

TEST_CASE("those that others were answered beside make no outage, whatever comes between") {
  endpoint_history of;
  const auto again = [](std::uint64_t ordinal, std::chrono::milliseconds when) {
    attempt out = at(ordinal, when);
    out.before = {failure_kind::overloaded, start + 1ms};
    return out;
  };
  of.failed(at(1, 1ms), told(failure_kind::overloaded, 503));
  of.failed(at(2, 1ms), told(failure_kind::overloaded, 503));
  of.answered_well(at(3, 5ms));
  of.failed(again(1, 10ms), told(failure_kind::overloaded, 503));
  of.failed(again(2, 10ms), told(failure_kind::overloaded, 503));
  CHECK_FALSE(of.others_fail(1));
  CHECK_FALSE(of.others_fail(2));
  CHECK(of.silent_since());
  of.failed(again(1, 10ms), told(failure_kind::network, 0));  // as nobody failed yet
  CHECK(of.others_fail(2));
  CHECK_FALSE(of.others_fail(1));
  of.answered_well(at(3, 10ms));
  of.failed(at(4, 11ms), told(failure_kind::overloaded, 503));  // one that nobody was preferred to
  CHECK(of.others_fail(1));
  CHECK_FALSE(of.others_fail(4));
}

TEST_CASE("silence is counted from the first who was not served") {
  endpoint_history of;
  CHECK_FALSE(of.silent_since());
  of.failed(at(1, 10ms, 0ms), told(failure_kind::network, 0));
  of.failed(at(1, 20ms, 0ms), told(failure_kind::rate_limited, 429));
  CHECK(of.silent_since() == start + 10ms);
  of.answered_well(at(2, 0ms));
  CHECK_FALSE(of.silent_since());
}
