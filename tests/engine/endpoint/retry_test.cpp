#include "engine/endpoint/retry.hpp"

#include <doctest/doctest.h>

#include <cstdint>
#include <limits>

using namespace std::chrono_literals;
using retort::engine::backoff;
using retort::engine::delay;
using retort::engine::free_delay;
using std::chrono::milliseconds;

namespace {

constexpr auto all_bits = std::numeric_limits<std::uint64_t>::max();

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

TEST_CASE("each further attempt may wait twice as long") {
  CHECK(delay(0, {}, 500) == 500ms);
  CHECK(delay(1, {}, 1000) == 1000ms);
  CHECK(delay(2, {}, 2000) == 2000ms);
  CHECK(delay(7, {}, 60000) == 60000ms);
}

TEST_CASE("what the server asked for is the floor, with a tenth of it for spread") {
  CHECK(delay(0, 20s, 0) == 20s);
  CHECK(delay(0, 20s, 500) == 20500ms);
  CHECK(delay(0, 20s, 2000) == 22s);
  CHECK(delay(0, 20s, 2001) == 20s);
  CHECK(delay(0, 1h, 0) == 1h);
}

TEST_CASE("the backoff counts when it is longer than what the server asked for") {
  CHECK(delay(0, 20ms, 400) == 400ms);
  CHECK(delay(4, 20ms, 8000) == 8s);
  CHECK(delay(0, 0ms, 250) == 250ms);
}

TEST_CASE("where tries cost nothing a short word of the server's counts, but not for ever") {
  CHECK(free_delay(0, 1s, 0) == 1s);
  CHECK(free_delay(4, 1s, 8000) <= 1100ms);
  CHECK(free_delay(0, 50ms, 8000) <= 55ms);
  CHECK(free_delay(0, 1ms, 0) == 50ms);
  CHECK(free_delay(3, 50ms, 0) == 400ms);
  CHECK(free_delay(4294967295U, 1ms, 0) == 800ms);
  CHECK(free_delay(4294967295U, {}, 8000) == 8s);
  CHECK(free_delay(0, 1h, 0) == 1h);
}
