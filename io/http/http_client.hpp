// Requests over kept-alive HTTP/1.1 connections to one endpoint. A request gets a slot
// on one, the newest idle first; any doubt closes it. A kept-alive connection that the server was
// closing for its idleness when the request came is replaced once, free of charge to the caller's
// attempts, and counted. One thread: the one that runs the io_context.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "io/base/awaitable.hpp"
#include "io/base/error.hpp"
#include "io/http/http_endpoint.hpp"
#include "io/http/http_message.hpp"

namespace retort::io {

struct http_counters {
  std::uint64_t connections = 0;  // opened, handshake included
  std::uint64_t resumed = 0;      // of them by TLS session resumption
  std::uint64_t stale = 0;        // requests sent again, which the end of a kept connection crossed
};

class http_client {
 public:
  using clock = std::chrono::steady_clock;

  // errc::unreadable when the trusted authorities cannot be loaded.
  static result<std::unique_ptr<http_client>> make(executor on, http_endpoint endpoint);
  ~http_client();

  // The endpoint's usual POST; another request to it (make_head says what its parts are).
  http_request request(std::string body) const;
  http_request request(std::string_view method, std::string_view below_base,
                       std::string_view content_type, std::string body) const;
  const url& base() const;
  const http_endpoint& endpoint() const;
  // Where the usual POST goes; without userinfo, and without what only its headers hold.
  std::string usual_url() const;

  // On connections opened from now on the times of a response are when its bytes came to this
  // machine (io/net/arrival), whatever this program was late by.
  void stamp_arrivals();

  // The server was caught answering what nobody had asked: from then on each request gets a
  // connection of its own.
  bool answers_unasked() const;

  // Fails every request under way with errc::cancelled, and all later ones.
  void stop();

  http_counters counters() const;

  struct state;
  state& internals() { return *state_; }

 private:
  explicit http_client(std::unique_ptr<state>);
  std::unique_ptr<state> state_;
};

// The connection that a request goes by.
enum class route {
  usual,  // a kept-alive one, if there is one; when that was closed, the request goes out again
  fresh,  // a new one: the request goes out once, as one must that may not be carried out twice
};

// Sends a request and reads the whole response, content coding removed; with `sink` the
// body of a 2xx goes there as it comes. Both must stay alive until then. The error says which phase
// failed; after errc::timeout, errc::reset and errc::protocol the server may have done the work all
// the same.
awaitable<result<http_response>> exchange(http_client* client, const http_request* request,
                                          http_client::clock::time_point deadline,
                                          body_sink* sink = nullptr, route by = route::usual);

}  // namespace retort::io
