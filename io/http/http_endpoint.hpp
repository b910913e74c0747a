// Where an HTTP client's requests go, and what stands in them before their bodies. Plain values,
// any thread.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "io/base/url.hpp"
#include "io/http/tls_context.hpp"

namespace retort::io {

struct http_endpoint {
  url base;                     // where to connect; its path begins every request's path
  std::optional<url> proxy;     // reached by CONNECT
  trust trusted;                // https only
  std::string target;           // of a POST, appended to base.path: "/chat/completions"
  std::string content_type;     // of a POST
  std::string headers;          // further header lines, each with its CRLF; may hold secrets
  std::size_t connections = 1;  // about how many there will be
  bool streams = false;         // responses are streams: some ten times as long as others
};

// One that is not the endpoint's usual POST.
struct http_request {
  std::string_view method = "GET";
  std::string_view path;          // the whole of it, base.path included
  std::string_view content_type;  // "" without a body
  std::string_view body;
};

// Everything before the value of Content-Length: of a request, of the usual POST.
std::string make_head(const http_endpoint& to, const http_request& what);
std::string make_usual_head(const http_endpoint& to);
// The one contiguous buffer that goes on the wire.
std::string with_body(const std::string& head, std::string_view body);

// Where the usual POST goes; without userinfo, and without what only its headers hold.
std::string usual_url(const http_endpoint& to);

// What becomes of the record buffers of a connection that waits.
buffers buffers_for(const http_endpoint& to);

}  // namespace retort::io
