// An HTTP/1.1 response as its readers need it. Plain values, any thread.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

namespace retort::io {

struct http_response {
  int status = 0;
  std::string headers;  // one "name: value\n" line per field, names in lower case
  std::string body;     // content coding (gzip) removed

  // Stamps on the monotonic clock: request written, first byte of the response, last byte.
  std::chrono::steady_clock::time_point written, first_byte, last_byte;
  bool retried_stale = false;  // sent a second time because a kept-alive connection had died

  // The value of a field (name in lower case), or "" when there is none; the first of several.
  std::string_view header(std::string_view name) const;
};

}  // namespace retort::io
