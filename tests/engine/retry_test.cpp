#include "engine/retry.hpp"

#include <doctest/doctest.h>

#include <cstdint>
#include <limits>

using namespace std::chrono_literals;
using retort::engine::backoff;
using retort::engine::next_delay;
using retort::providers::failure;
using retort::providers::failure_kind;
using std::chrono::milliseconds;

namespace {

constexpr auto all_bits = std::numeric_limits<std::uint64_t>::max();

failure failed(failure_kind kind) { return {kind, 0, "", std::nullopt}; }

}  // namespace

TEST_CASE("the bound of the backoff doubles from half a second up to a minute") {
  struct {
    std::uint32_t n;
    milliseconds bound;
  } const table[] = {{0, 500ms},   {1, 1000ms},   {2, 2000ms},   {3, 4000ms},
                     {4, 8000ms},  {5, 16000ms},  {6, 32000ms},  {7, 60000ms},
                     {8, 60000ms}, {31, 60000ms}, {64, 60000ms}, {4294967295U, 60000ms}};
  for (const auto& [n, bound] : table) {
    CAPTURE(n);
    const auto steps = static_cast<std::uint64_t>(bound.count());
    CHECK(backoff(n, 0) == 0ms);
    CHECK(backoff(n, steps) == bound);    // the bound itself is reached
    CHECK(backoff(n, steps + 1) == 0ms);  // and not passed
    CHECK(backoff(n, all_bits) <= bound);
  }
}

TEST_CASE("every delay within the bound is as likely as any other") {
  for (std::uint64_t random = 0; random <= 500; ++random) {
    CHECK(backoff(0, random) == milliseconds(random));
  }
}

TEST_CASE("only a transient failure is followed by another attempt") {
  using enum failure_kind;
  for (const auto kind :
       {rate_limited, overloaded, server_error, timeout, network, invalid_response}) {
    CHECK(next_delay(failed(kind), 1, 6, 250) == 250ms);
  }
  for (const auto kind :
       {bad_request, content_filter, authentication, not_found, quota_exhausted}) {
    CHECK_FALSE(next_delay(failed(kind), 1, 6, 250));
  }
}

TEST_CASE("attempts are counted from the first one") {
  const failure overloaded = failed(failure_kind::overloaded);
  CHECK_FALSE(next_delay(overloaded, 1, 1, 0));
  CHECK(next_delay(overloaded, 1, 2, 0));
  CHECK_FALSE(next_delay(overloaded, 2, 2, 0));
  CHECK(next_delay(overloaded, 5, 6, 0));
  CHECK_FALSE(next_delay(overloaded, 6, 6, 0));
  CHECK_FALSE(next_delay(overloaded, 7, 6, 0));
  CHECK_FALSE(next_delay(overloaded, 1, 0, 0));
}

TEST_CASE("each further attempt may wait twice as long") {
  const failure overloaded = failed(failure_kind::overloaded);
  CHECK(next_delay(overloaded, 1, 9, 500) == 500ms);
  CHECK(next_delay(overloaded, 2, 9, 1000) == 1000ms);
  CHECK(next_delay(overloaded, 3, 9, 2000) == 2000ms);
  CHECK(next_delay(overloaded, 8, 9, 60000) == 60000ms);
}

TEST_CASE("what the server asked for is the floor, with a tenth of it for spread") {
  failure limited = failed(failure_kind::rate_limited);
  limited.retry_after = 20s;
  CHECK(next_delay(limited, 1, 6, 0) == 20s);
  CHECK(next_delay(limited, 1, 6, 500) == 20500ms);
  CHECK(next_delay(limited, 1, 6, 2000) == 22s);
  CHECK(next_delay(limited, 1, 6, 2001) == 20s);
  limited.retry_after = 1h;
  CHECK(next_delay(limited, 1, 6, 0) == 1h);
}

TEST_CASE("the backoff counts when it is longer than what the server asked for") {
  failure limited = failed(failure_kind::rate_limited);
  limited.retry_after = 20ms;
  CHECK(next_delay(limited, 1, 6, 400) == 400ms);
  CHECK(next_delay(limited, 5, 6, 8000) == 8s);
  limited.retry_after = 0ms;
  CHECK(next_delay(limited, 1, 6, 250) == 250ms);
}

TEST_CASE("a wait that the server asked for makes no failure transient") {
  failure refused = failed(failure_kind::quota_exhausted);
  refused.retry_after = 1s;
  CHECK_FALSE(next_delay(refused, 1, 6, 0));
}
