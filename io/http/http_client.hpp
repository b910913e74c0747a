// Requests over kept-alive HTTP/1.1 connections to one endpoint. A connection is leased to a
// request, newest idle first; any doubt closes it. A kept-alive connection that dies before the
// first byte of its response is replaced once, free of charge to the caller's attempts, and
// counted. One thread: the one that runs the io_context.
#pragma once

#include <boost/intrusive/list.hpp>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "io/base/awaitable.hpp"
#include "io/base/error.hpp"
#include "io/base/url.hpp"
#include "io/http/http_message.hpp"
#include "io/http/stream.hpp"
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

struct http_counters {
  std::uint64_t connections = 0;  // opened, handshake included
  std::uint64_t resumed = 0;      // of them by TLS session resumption
  std::uint64_t stale = 0;        // requests sent again because their kept-alive connection died
};

class http_client {
 public:
  using clock = std::chrono::steady_clock;

  // errc::unreadable when the trusted authorities cannot be loaded.
  static result<std::unique_ptr<http_client>> make(executor on, http_endpoint endpoint);
  ~http_client();

  // The one contiguous buffer that a POST of `body` puts on the wire.
  std::string compose(std::string_view body) const;
  std::string compose(const http_request& what) const;
  const url& base() const;
  // Where the usual POST goes; without userinfo, and without what only its headers hold.
  std::string usual_url() const;

  // Fails every request under way with errc::cancelled, and all later ones.
  void stop();

  const http_counters& counters() const;

  struct state;
  state& internals() { return *state_; }

 private:
  explicit http_client(std::unique_ptr<state>);
  std::unique_ptr<state> state_;
};

// The connection that a request goes by.
enum class route {
  usual,  // a kept-alive one, if there is one; when that has died, the request goes out again
  fresh,  // a new one: the request goes out once, as one must that may not be carried out twice
};

// Sends a composed request and reads the whole response, content coding removed; with `sink` the
// body of a 2xx goes there as it comes. Both must stay alive until then. The error says which phase
// failed; after errc::timeout, errc::reset and errc::protocol the server may have done the work all
// the same.
awaitable<result<http_response>> exchange(http_client* client, const std::string* request,
                                          http_client::clock::time_point deadline,
                                          body_sink* sink = nullptr, route by = route::usual);

}  // namespace retort::io
