// One client's connection, from the handshake to the end. All connections of a server live on its
// one thread.
#pragma once

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/intrusive/list.hpp>
#include <chrono>
#include <utility>

#include "tools/mock/server/service.hpp"
#include "tools/mock/server/times_log.hpp"
#include "tools/mock/server/turnstile.hpp"

namespace retort::mock {

// The concrete executor: any_io_executor would cost an allocation per operation.
using executor = boost::asio::io_context::executor_type;
using tcp_socket = boost::asio::basic_stream_socket<boost::asio::ip::tcp, executor>;
using steady_timer = boost::asio::basic_waitable_timer<
    std::chrono::steady_clock, boost::asio::wait_traits<std::chrono::steady_clock>, executor>;
template <class T>
using awaitable = boost::asio::awaitable<T, executor>;
inline constexpr boost::asio::as_tuple_t<boost::asio::use_awaitable_t<executor>> await;

// What can be cut from outside. In the server's list for as long as it lives.
struct peer
    : boost::intrusive::list_base_hook<boost::intrusive::link_mode<boost::intrusive::auto_unlink>> {
  explicit peer(tcp_socket connected)
      : socket(std::move(connected)), clock(socket.get_executor()) {}

  // Whatever the connection is in the middle of ends now.
  void abort() {
    boost::system::error_code ignored;
    socket.close(ignored);
    clock.cancel();
  }

  tcp_socket socket;
  steady_timer clock;
};
using peer_list = boost::intrusive::list<peer, boost::intrusive::constant_time_size<false>>;

// What the connections of a server share; outlives them.
struct shared {
  mock::service* service;
  mock::tally* tally;
  boost::asio::ssl::context* tls;  // null: plain http
  peer_list* peers;
  turnstile* turns;
  times_log* times;  // null: nobody wants them
};

awaitable<void> serve_connection(tcp_socket connected, shared server);

}  // namespace retort::mock
