#include "engine/bench/probe.hpp"

#include <doctest/doctest.h>

#include "tests/support/measurements.hpp"

using namespace retort::engine;
using namespace retort::test;
using retort::providers::failure_kind;

namespace {

bool says(const std::string& text, const char* what) { return text.find(what) != text.npos; }

}  // namespace

TEST_CASE("a first answer that can be measured refuses nothing") {
  const auto seen = look_at(timed_answer(0, 10, 100, 5), {});
  CHECK(seen.refused == "");
  CHECK(seen.notes.empty());
}

TEST_CASE("what cannot be measured is one line that says why") {
  CHECK(look_at(timed_failure(failure_kind::rate_limited, 429), {}).refused ==
        "the first request failed, and nothing was measured: rate_limited 429: no");
  CHECK(says(look_at({}, {}).refused, "the first answer has no content"));
  measurement whole = timed_answer(0, 10, 100, 5);
  whole.chunks = 0;
  whole.first_content = {};
  CHECK(says(look_at(whole, {}).refused, "does not stream"));
  bench_options in_one_piece;
  in_one_piece.streams = false;
  CHECK(look_at(whole, in_one_piece).refused == "");
}

TEST_CASE("an endpoint that counts no tokens is measured, and that is noted") {
  const auto seen = look_at(timed_answer(0, 10, 100, -1), {});
  CHECK(seen.refused == "");
  REQUIRE(seen.notes.size() == 1);
  CHECK(says(seen.notes[0], "does not tell how many tokens"));
}

TEST_CASE("a probe that failed is tried again while that may help, and no longer than 5 s") {
  using std::chrono::milliseconds;
  auto busy = look_at(timed_failure(failure_kind::overloaded, 503), {});
  CHECK(wait_before_again(busy, 1, milliseconds(0)) == milliseconds(250));
  CHECK(wait_before_again(busy, 3, milliseconds(750)) == milliseconds(1000));
  CHECK_FALSE(wait_before_again(busy, 4, milliseconds(1750)).has_value());
  busy.failed->retry_after = milliseconds(2000);
  CHECK(wait_before_again(busy, 1, milliseconds(0)) == milliseconds(2000));
  CHECK(wait_before_again(busy, 3, milliseconds(4000)) == milliseconds(1000));
  CHECK_FALSE(wait_before_again(busy, 3, milliseconds(5000)).has_value());
  for (const auto kind : {failure_kind::authentication, failure_kind::timeout}) {
    CHECK_FALSE(
        wait_before_again(look_at(timed_failure(kind, 0), {}), 1, milliseconds(0)).has_value());
  }
  CHECK_FALSE(wait_before_again(look_at({}, {}), 1, milliseconds(0)).has_value());
}
