#include "providers/failure/rfc3339.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <string_view>

using namespace std::chrono_literals;
using retort::providers::parse_rfc3339;

namespace {

// 2024-02-29T23:59:59Z
const auto leap_day = std::chrono::system_clock::from_time_t(1709251199);

}  // namespace

TEST_CASE("rfc 3339 times are read with zone and fraction") {
  CHECK(parse_rfc3339("2024-02-29T23:59:59Z") == leap_day);
  CHECK(parse_rfc3339("2024-02-29t23:59:59z") == leap_day);
  CHECK(parse_rfc3339("2024-02-29T23:59:59.25Z") == leap_day + 250ms);
  CHECK(parse_rfc3339("2024-02-29T23:59:59.123456789Z") == leap_day + 123456us);
  CHECK(parse_rfc3339("2024-03-01T01:29:59+01:30") == leap_day);
  CHECK(parse_rfc3339("2024-02-29T18:59:59-05:00") == leap_day);
  CHECK(parse_rfc3339("2024-02-29T23:59:60Z") == leap_day + 1s);
  CHECK(parse_rfc3339("1970-01-01T00:00:00Z") == std::chrono::system_clock::time_point());
  CHECK(parse_rfc3339("2261-12-31T23:59:59Z"));
}

TEST_CASE("what is no rfc 3339 time is refused") {
  for (const std::string_view text : {"",
                                      "2024",
                                      "2024-02-29",
                                      "2024-02-29T23:59:59",
                                      "2023-02-29T23:59:59Z",
                                      "2024-13-01T00:00:00Z",
                                      "2024-00-01T00:00:00Z",
                                      "2024-01-32T00:00:00Z",
                                      "2024-01-01T24:00:00Z",
                                      "2024-01-01T00:60:00Z",
                                      "2024-01-01T00:00:61Z",
                                      "2024-01-01T00:00:00Z ",
                                      " 2024-01-01T00:00:00Z",
                                      "2024-1-1T00:00:00Z",
                                      "2024-01-01T00:00:00+1",
                                      "2024-01-01T00:00:00+24:00",
                                      "1969-12-31T23:59:59Z",
                                      "2262-01-01T00:00:00Z",
                                      "9999-12-31T23:59:59Z",
                                      "2024/01/01T00:00:00Z",
                                      "-024-01-01T00:00:00Z",
                                      "Thu, 29 Feb 2024 23:59:59 GMT",
                                      "20"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_rfc3339(text));
  }
}
