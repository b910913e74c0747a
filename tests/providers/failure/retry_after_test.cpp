#include "providers/failure/retry_after.hpp"

#include <doctest/doctest.h>

#include <optional>
#include <string>
#include <string_view>

using namespace std::chrono_literals;
using retort::io::http_response;
using retort::providers::parse_http_date;
using retort::providers::retry_after;
using std::chrono::milliseconds;

namespace {

// Sun, 06 Nov 1994 08:49:37 GMT, the example of RFC 9110.
const auto example = std::chrono::system_clock::from_time_t(784111777);

std::optional<milliseconds> wait(const std::string& headers) {
  http_response response;
  response.headers = headers;
  return retry_after(response, example);
}

}  // namespace

TEST_CASE("retry-after is seconds, whole or not") {
  CHECK_FALSE(wait(""));
  CHECK(wait("retry-after: 1\n") == 1s);
  CHECK(wait("date: x\nretry-after: 120\nserver: y\n") == 120s);
  CHECK(wait("retry-after: 0.25\n") == 250ms);
  CHECK(wait("retry-after: 46.0712\n") == 46072ms);  // up, so as not to come too early
  CHECK(wait("retry-after: 86400\n") == 24h);
}

TEST_CASE("retry-after-ms is milliseconds and beats retry-after") {
  CHECK(wait("retry-after-ms: 250\n") == 250ms);
  CHECK(wait("retry-after-ms: 250.5\n") == 251ms);
  CHECK(wait("retry-after: 7\nretry-after-ms: 250\n") == 250ms);
  CHECK(wait("retry-after-ms: 250\nretry-after: 7\n") == 250ms);
}

TEST_CASE("a useless retry-after-ms leaves the word to retry-after") {
  for (const std::string ms : {"0", "-1", "soon", "", "nan", "9e99"}) {
    CAPTURE(ms);
    CHECK(wait("retry-after-ms: " + ms + "\nretry-after: 7\n") == 7s);
    CHECK_FALSE(wait("retry-after-ms: " + ms + "\n"));
  }
}

TEST_CASE("what makes no sense asks for nothing") {
  for (const std::string text : {"0",
                                 "-1",
                                 "-0.5",
                                 "0.0",
                                 "soon",
                                 "",
                                 " ",
                                 "1 2",
                                 "1e3",
                                 "0x10",
                                 "+5",
                                 "nan",
                                 "-nan",
                                 "inf",
                                 "infinity",
                                 "1700000000",
                                 "2678401",
                                 "99999999999999999999999999",
                                 "1,5",
                                 "Sun, 06 Nov 1994",
                                 "1994-11-06T08:49:37Z"}) {
    CAPTURE(text);
    CHECK_FALSE(wait("retry-after: " + text + "\n"));
  }
  CHECK(wait("retry-after: 2678400\n") == 31 * 24h);  // the longest that is believed
}

TEST_CASE("a date is a delay from now on") {
  CHECK(wait("retry-after: Sun, 06 Nov 1994 08:49:47 GMT\n") == 10s);
  CHECK(wait("retry-after: Sunday, 06-Nov-94 08:50:37 GMT\n") == 60s);
  CHECK(wait("retry-after: Sun Nov  6 09:49:37 1994\n") == 1h);
  CHECK_FALSE(wait("retry-after: Sun, 06 Nov 1994 08:49:37 GMT\n"));  // now
  CHECK_FALSE(wait("retry-after: Sun, 06 Nov 1994 08:49:00 GMT\n"));  // gone by
  CHECK_FALSE(wait("retry-after: Fri, 06 Nov 2026 08:49:37 GMT\n"));  // absurd
}

TEST_CASE("http dates are read in their three forms") {
  for (const std::string_view text :
       {"Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT",
        "Sun Nov  6 08:49:37 1994"}) {
    CAPTURE(text);
    CHECK(parse_http_date(text) == example);
  }
  CHECK(parse_http_date("Thu, 01 Jan 1970 00:00:00 GMT") ==
        std::chrono::system_clock::from_time_t(0));
  CHECK(parse_http_date("Thu, 29 Feb 2024 23:59:59 GMT") ==
        std::chrono::system_clock::from_time_t(1709251199));
}

TEST_CASE("what is no http date is refused") {
  for (const std::string_view text :
       {"", "GMT", "Sun, 06 Nov 1994 08:49:37", "Sun, 06 Nov 1994 08:49:37 CET",
        "Sun, 06 Nov 1994 08:49:37 GMT and more", "Sun, 06 Foo 1994 08:49:37 GMT",
        "Sun, 41 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 1994 25:49:37 GMT",
        // Beyond what the clock can tell.
        "Sun, 06 Nov 9194 08:49:37 GMT", "Fri, 06 Nov 1699 08:49:37 GMT"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_http_date(text));
  }
}

TEST_CASE("forms of no standard that were seen are read") {
  CHECK(wait("retry-after: 10s\n") == 10s);
  CHECK(wait("retry-after: 3 seconds\n") == 3s);
  CHECK(wait("retry-after: 1 minute\n") == 1min);
  CHECK_FALSE(wait("retry-after: 3 parsecs\n"));
  CHECK_FALSE(wait("retry-after: seconds\n"));
}
