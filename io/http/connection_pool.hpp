// Where an HTTP client's requests find room: asked for a free slot, it gives one that is kept or
// opens one. While as many are being opened as may be, the next request waits for whichever comes
// first: a connection that gets free, or its turn to open one. So a burst is not answered by a
// handshake for each of its requests when fewer connections carry it. One thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>

#include "io/base/awaitable.hpp"
#include "io/base/error.hpp"
#include "io/http/connection_opener.hpp"
#include "io/http/http_connection.hpp"
#include "io/http/http_endpoint.hpp"
#include "io/http/idle_connections.hpp"
#include "io/http/server_trust.hpp"

namespace retort::io {

class connection_pool {
 public:
  using clock = connection::clock;

  // `to` outlives it.
  connection_pool(executor on, const http_endpoint* to) : opener_(on, to, &trust_) {}
  result<void> load_authorities() { return opener_.load_authorities(); }

  // A slot that is free now: on the newest connection that has just been seen to be quiet. Null
  // when there is none, or others wait for it.
  slot take_free(clock::time_point now) { return waiting_ > 0 ? nullptr : idle_.take(now); }
  // Without one: whether wait_for_slot() comes before open_slot().
  bool must_wait() const { return waiting_ > 0 || opener_.room() == 0; }
  // Until when such a one is to be watched before it carries a request; whether it may then.
  std::optional<clock::time_point> watched_until(const connection& free) const {
    return trust_.watched_until(standing::kept, free.idle_since);
  }
  bool may_carry(connection& free, clock::time_point now) { return idle_.may_carry(free, now); }

  // What is behind a whole response, the last byte of which came `at` that time with `surplus`. As
  // far as what was read with it tells: the socket itself is asked before it carries another
  // request, or by the next look_through() if none comes soon.
  silence look_behind(connection& on, std::string_view surplus, bool keeps_alive,
                      clock::time_point at);
  // A slot behind which it was quiet.
  void give_back(slot used);

  // Ends a request where it is: on its connection, or while it waits for a slot.
  void end(pending& request);

  void look_through(clock::time_point now) { idle_.look_through(now); }
  void drop_stale(clock::time_point now) { idle_.drop_stale(now); }
  void stop();

  bool keeps_connections() const { return trust_.keeps_connections(); }
  std::uint64_t opened() const { return opener_.opened(); }
  std::uint64_t resumed() const { return opener_.resumed(); }

 private:
  friend awaitable<slot> wait_for_slot(connection_pool* of, pending* request);
  friend awaitable<result<slot>> open_slot(connection_pool* of, pending* request);
  void call();
  void call_all();
  void call_next(std::size_t opening);

  server_trust trust_;
  idle_connections idle_{&trust_};
  connection_opener opener_;
  waiting_room turn_;
  std::size_t waiting_ = 0;  // in turn_, or called and not there yet
  std::size_t called_ = 0;   // of these: who is called in vain comes behind all others
};

// The first that gets free, else null: it is the request's turn to open one, or it is over.
awaitable<slot> wait_for_slot(connection_pool* of, pending* request);
// A slot that was not there before, for `request`; see open_connection().
awaitable<result<slot>> open_slot(connection_pool* of, pending* request);

}  // namespace retort::io
