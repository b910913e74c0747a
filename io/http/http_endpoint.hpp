// Where an HTTP client's requests go, and the heads that they have for it. Plain values, any
// thread.
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "io/base/url.hpp"
#include "io/http/http_message.hpp"
#include "io/net/tls_context.hpp"

namespace retort::io {

struct http_endpoint {
  url base;                      // where to connect; its path begins every request's path
  std::optional<url> proxy;      // reached by CONNECT
  trust trusted;                 // https only
  std::string target;            // of a POST, appended to base.path: "/chat/completions"
  std::string content_type;      // of a POST
  std::string headers;           // further header lines, each with its CRLF; may hold secrets
  std::size_t connections = 1;   // about how many there will be
  bool streams = false;          // responses are streams: some ten times as long as others
  bool stamps_arrivals = false;  // times are when bytes came to this machine, not to this program
  // How much later than a round trip the end of a kept connection may come that crossed a request:
  // what the server and this program take for their parts. The work of this time may be lost.
  std::chrono::milliseconds crossing{20};
};

// `below_base` is appended to base.path; `content_type` is "" where there is no body.
http_head make_head(const http_endpoint& to, std::string_view method, std::string_view below_base,
                    std::string_view content_type);
// Of the usual POST.
http_head make_usual_head(const http_endpoint& to);

// Where the usual POST goes; without userinfo, and without what only its headers hold.
std::string usual_url(const http_endpoint& to);

// What becomes of the record buffers of a connection that waits.
buffers buffers_for(const http_endpoint& to);

}  // namespace retort::io
