// Opens an HTTP client's connections: an address, the proxy's tunnel, TLS, and a look whether the
// server waits to be asked. Only so many are being opened at once; the others wait for their turn.
// One thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

#include "io/base/awaitable.hpp"
#include "io/base/error.hpp"
#include "io/http/http_connection.hpp"
#include "io/http/http_endpoint.hpp"
#include "io/http/server_trust.hpp"
#include "io/net/host_addresses.hpp"
#include "io/net/tls_context.hpp"

namespace retort::io {

class connection_opener {
 public:
  // Both outlive it.
  connection_opener(executor on, const http_endpoint* to, server_trust* trust);

  // Before the first connection. errc::unreadable when the trusted authorities cannot be loaded.
  result<void> load_authorities();

  // How many may be opened now.
  std::size_t room() const;
  // Have those that wait, for their turn or an address, look whether they are overdue.
  void call_waiting();
  void stop();

  std::uint64_t opened() const { return opened_; }    // handshake included
  std::uint64_t resumed() const { return resumed_; }  // of them by TLS session resumption

 private:
  friend awaitable<result<slot>> open_connection(connection_opener* by, pending* request);
  friend awaitable<result<void>> open_link(connection_opener* by, connection* fresh,
                                           pending* request);
  friend awaitable<result<void>> connect_any(connection_opener* by, connection* to,
                                             pending* request);
  friend awaitable<result<void>> reach(connection_opener* by, connection* fresh, pending* request);
  friend awaitable<result<void>> shake_hands(connection_opener* by, connection* with);
  friend awaitable<result<void>> watch_fresh(connection_opener* by, connection* fresh);

  executor on_;
  const http_endpoint& to_;
  server_trust& trust_;
  std::unique_ptr<tls_context> tls_;  // null for plain http
  host_addresses addresses_;          // the proxy's, if there is one
  std::size_t under_way_ = 0;
  waiting_room turn_;
  std::uint64_t opened_ = 0, resumed_ = 0;
};

// Opens one for `request`, when it is its turn. Both must stay alive until then. errc::resolve,
// errc::connect, errc::proxy, errc::certificate, errc::tls; anything when the request is over.
awaitable<result<slot>> open_connection(connection_opener* by, pending* request);

}  // namespace retort::io
