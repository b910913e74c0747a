#include "providers/failure/moment.hpp"

#include <doctest/doctest.h>

using namespace std::chrono_literals;
using namespace retort::providers;

TEST_CASE("seconds and milliseconds since 1970 are moments, anything else is none") {
  const auto then = std::chrono::system_clock::from_time_t(1'795'344'450);
  CHECK(parse_epoch("1795344450") == then);
  CHECK(parse_epoch("1795344450250") == then + 250ms);
  for (const char* text : {"", "x", "60", "-1795344450", "999999999", "9e99", "nan"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_epoch(text));
  }
}

TEST_CASE("the wait until a moment that is gone is none") {
  const auto now = std::chrono::system_clock::from_time_t(1'795'344'450);
  CHECK(believable_wait_until(now + 3s, now) == 3s);
  CHECK_FALSE(believable_wait_until(now, now));
  CHECK_FALSE(believable_wait_until(now - 1s, now));
  CHECK_FALSE(believable_wait_until(now + 10'000h, now));
}
