#include "providers/failure/duration.hpp"

#include <doctest/doctest.h>

#include <limits>
#include <optional>
#include <string_view>

using namespace std::chrono_literals;
using namespace retort::providers;
using std::chrono::milliseconds;

TEST_CASE("durations are numbers with units, the longest first") {
  struct {
    std::string_view text;
    milliseconds expected;
  } const table[] = {
      {"12ms", 12ms},
      {"1s", 1s},
      {"6m0s", 6min},
      {"1h2m3s", 1h + 2min + 3s},
      {"1.5s", 1500ms},
      {"46.07s", 46070ms},
      {"10h17m5.72s", 10h + 17min + 5720ms},
      {"1m30.951999999s", 90952ms},
      {"1.2s", 1200ms},
      {"0.2ms", 1ms},  // up, so as not to come too early
      {"1h5ms", 1h + 5ms},
      {"2d", 48h},
      {"0s1ms", 1ms},
      {"31d", 31 * 24h},
  };
  for (const auto& [text, expected] : table) {
    CAPTURE(text);
    CHECK(parse_duration(text) == expected);
  }
}

TEST_CASE("what is no wait is none") {
  for (const std::string_view text :
       {"",          " ",   "s",    "ms",   "-1s",   "+1s",  "0s",    "0ms",
        "0m0s",      "1 s", "1s ",  " 1s",  "1S",    "1x",   "1s2m",  "1s1s",
        "1ms1s",     "1m2", "1h2",  "m1s",  "1..s",  "1e3s", "nans",  "infs",
        "99999999h", "32d", "1sec", "1s,2", "1m-1s", "soon", "12:30", "9999999999999999999999s"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_duration(text));
  }
}

TEST_CASE("a number without a unit is no duration") {
  for (const std::string_view text : {"20", "0.25", "0", "-1"}) CHECK_FALSE(parse_duration(text));
}

TEST_CASE("a believable wait is above zero and within a month") {
  CHECK(believable_wait(1) == 1ms);
  CHECK(believable_wait(1.25) == 2ms);
  CHECK(believable_wait(2'678'400'000.0) == longest_believable);
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const double infinity = std::numeric_limits<double>::infinity();
  for (const double ms : {0.0, -0.0, -1.0, 2'678'400'001.0, nan, infinity, -infinity}) {
    CHECK_FALSE(believable_wait(ms));
  }
}

TEST_CASE("decimals are read whole or not at all") {
  CHECK(parse_decimal("-12.5") == -12.5);
  for (const std::string_view text : {"", "1 ", " 1", "1e3", "0x1", "+1", "1,5", "one"}) {
    CHECK_FALSE(parse_decimal(text));
  }
}
