// The wait a server asks for in its response headers. Pure; any thread.
#pragma once

#include <chrono>
#include <optional>
#include <string_view>

#include "io/http/http_message.hpp"

namespace retort::providers {

// Reads retry-after-ms (milliseconds, may have a fraction), else retry-after (seconds, may have a
// fraction, or an HTTP date; `now` is the wall clock). Order and forms: openai-python
// e43b4224, anthropic-sdk-python 009b0353;
// dates: RFC 9110, 5.6.7. Forms of no standard that were seen: "2s", "3 seconds", and seconds or
// milliseconds since 1970. Rounded up to whole milliseconds.
// What cannot be read, dates gone by and what duration.hpp does not believe ask for nothing.
std::optional<std::chrono::milliseconds> retry_after(const io::http_response& response,
                                                     std::chrono::system_clock::time_point now);

// An HTTP date in any of its three forms: "Sun, 06 Nov 1994 08:49:37 GMT",
// "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994"; from 1970 to 2261.
std::optional<std::chrono::system_clock::time_point> parse_http_date(std::string_view text);

}  // namespace retort::providers
