// A request as a value, and its response as the readers need it: whole, or while it arrives. Any
// thread.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "io/base/error.hpp"

namespace retort::io {

// All of a request but its body. Made once for the requests that go to the same target in the same
// way, and shared by them. May hold secrets.
struct http_head {
  std::string method;
  std::string target;  // what of the URL stands behind the host
  std::string text;    // as it stands in HTTP/1.1, to the value of Content-Length
};

struct http_request {
  std::shared_ptr<const http_head> head;
  std::string body;
};

// How long the parts of opening a connection took; -1 of one that there was not (an address that
// was known, a proxy, plain http).
struct connection_times {
  std::chrono::nanoseconds dns{-1}, tcp{-1}, tls{-1};
};

struct http_response {
  int status = 0;
  std::string headers;  // one "name: value\n" line per field, names in lower case
  std::string body;     // content coding (gzip) removed

  // Stamps on the monotonic clock: request written, first byte of the response, last byte.
  std::chrono::steady_clock::time_point written, first_byte, last_byte;
  bool retried_stale = false;  // sent a second time because a kept-alive connection was closed
  // Of the connection that it came by, where that was opened for this request.
  std::optional<connection_times> opened;

  // The value of a field (name in lower case), or "" when there is none; the first of several.
  std::string_view header(std::string_view name) const;
  bool is_success() const { return status >= 200 && status < 300; }
};

// Takes the body of a response of status 2xx while it arrives; http_response::body stays empty.
class body_sink {
 public:
  virtual ~body_sink() = default;

  // The next bytes, content coding removed, split anywhere, and when they came. An error ends the
  // exchange with it.
  virtual result<void> take(std::string_view bytes, std::chrono::steady_clock::time_point at) = 0;
  // What can still come is of no interest: a server that keeps the body open is not waited for.
  virtual bool ended() const { return false; }
  // What has come is a whole answer, though its proper end has not come yet and some of what could
  // still follow would be of interest. From then on that end is waited for only shortly, and is as
  // good as there when the connection or the body's framing breaks instead; what comes may take it
  // back. Asked behind each take(). False where the sink cannot know.
  virtual bool whole() const { return false; }
};

}  // namespace retort::io
