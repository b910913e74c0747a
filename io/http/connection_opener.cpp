#include "io/http/connection_opener.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/redirect_error.hpp>
#include <utility>
#include <vector>

#include "io/http/http_tunnel.hpp"

namespace retort::io {
namespace {

using clock = connection::clock;
using tcp = asio::ip::tcp;

// What one of several addresses may take before the next is tried.
constexpr std::chrono::seconds connect_patience{5};
// How many connections are opened at once. A handshake under way holds some 25 KB more than a
// connection at rest, and the later ones resume the sessions of the earlier.
constexpr std::size_t max_opening = 128;

const url& first_hop(const http_endpoint& to) { return to.proxy ? *to.proxy : to.base; }

// Since then, which is now from here on.
std::chrono::nanoseconds lap(clock::time_point& since) {
  const auto before = std::exchange(since, clock::now());
  return since - before;
}

// What a server says before it is asked is nobody's answer.
result<void> expect_quiet(silence seen) {
  switch (seen) {
    case silence::quiet: return {};
    case silence::ended:
      return error{errc::connect, "the server closed the new connection at once"};
    default: break;
  }
  return error{errc::connect,
               "the server sent something before it was asked anything (is it an HTTP server?)"};
}

}  // namespace

connection_opener::connection_opener(executor on, const http_endpoint* to, server_trust* trust)
    : on_(on), to_(*to), trust_(*trust), addresses_(on, first_hop(*to).host, first_hop(*to).port) {}

result<void> connection_opener::load_authorities() {
  if (!to_.base.tls) return {};
  auto made = tls_context::make(to_.trusted, buffers_for(to_));
  if (!made) return made.error();
  tls_ = std::move(*made);
  return {};
}

std::size_t connection_opener::room() const {
  return max_opening - std::min(under_way_, max_opening);
}

void connection_opener::call_waiting() {
  turn_.call_all();
  addresses_.news().call_all();
}

void connection_opener::stop() {
  turn_.call_all();
  addresses_.cancel();
}

// Tries every address, the one that last worked first.
awaitable<result<void>> connect_any(connection_opener* by, connection* to, pending* request) {
  boost::system::error_code ec = asio::error::host_not_found;
  tcp::endpoint tried;
  const std::vector<tcp::endpoint> addresses = by->addresses_.in_order();
  for (std::size_t i = 0; i < addresses.size() && !request->is_over(); ++i) {
    tried = addresses[i];
    to->link.close();
    request->patience = clock::now() + connect_patience;
    co_await to->link.socket().async_connect(tried, asio::redirect_error(use_awaitable, ec));
    request->patience = clock::time_point::max();
    if (ec || !to->link.socket().is_open()) continue;
    by->addresses_.worked(tried);
    to->link.make_ready();
    if (by->to_.stamps_arrivals) to->link.stamp_arrivals();
    co_return result<void>();
  }
  if (!request->is_over()) by->addresses_.failed();
  // Closed by the sweeper: the address did not answer in time.
  if (!ec || ec == asio::error::operation_aborted) ec = asio::error::timed_out;
  co_return error{errc::connect,
                  fmt::format("no connection to {}:{}: {}", tried.address().to_string(),
                              tried.port(), ec.message())};
}

awaitable<result<void>> shake_hands(connection_opener* by, connection* with) {
  const std::string& host = by->to_.base.host;
  with->link.start_tls(*by->tls_, host);
  for (;;) {
    const transfer moved = with->link.handshake();
    if (moved.state == step::done) break;
    if (moved.state == step::end || moved.state == step::broken) {
      co_return explain_handshake_failure(with->link.ssl(), host);
    }
    with->free_first_buffers();
    co_await ready(&with->link, moved.state);
  }
  if (SSL_session_reused(with->link.ssl())) ++by->resumed_;
  co_return result<void>();
}

awaitable<result<void>> watch_fresh(connection_opener* by, connection* fresh) {
  const auto since = clock::now();
  const auto until = by->trust_.watched_until(standing::fresh, since);
  if (until) co_await sleep_until(by->on_, *until);
  const silence seen = fresh->link.look();
  by->trust_.saw(seen, standing::fresh, since, clock::now());
  co_return expect_quiet(seen);
}

// By the addresses that are known; where they are old and do not serve any more, by new ones.
awaitable<result<void>> reach(connection_opener* by, connection* fresh, pending* request) {
  host_addresses& addresses = by->addresses_;
  for (;;) {
    auto since = clock::now();
    const bool were_fresh = addresses.are_fresh();
    addresses.refresh();
    const bool must_wait = addresses.are_awaited();
    while (addresses.are_awaited() && !request->is_over()) {
      co_await wait_in(&addresses.news());
    }
    auto known = addresses.outcome();
    if (!known) co_return known;
    const auto looked_up = lap(since);
    if (must_wait) fresh->opened.dns = looked_up;
    auto connected = co_await connect_any(by, fresh, request);
    fresh->opened.tcp = lap(since);
    if (connected || were_fresh || must_wait || request->is_over()) co_return connected;
  }
}

awaitable<result<void>> open_link(connection_opener* by, connection* fresh, pending* request) {
  auto reached = co_await reach(by, fresh, request);
  if (!reached) co_return reached.error();
  if (by->to_.proxy) {
    auto waiting = expect_quiet(fresh->link.look());  // that is the proxy's word
    if (!waiting) co_return waiting.error();
    auto tunnel = co_await open_tunnel(&fresh->link, &by->to_.base, &*by->to_.proxy);
    if (!tunnel) co_return tunnel.error();
  }
  auto since = clock::now();
  if (by->tls_) {
    auto secured = co_await shake_hands(by, fresh);
    if (!secured) co_return secured.error();
    fresh->opened.tls = lap(since);
  }
  auto quiet = co_await watch_fresh(by, fresh);
  if (quiet) ++by->opened_;
  co_return quiet;
}

awaitable<result<slot>> open_connection(connection_opener* by, pending* request) {
  while (by->room() == 0 && !request->is_over()) {
    co_await wait_in(&by->turn_);
  }
  ++by->under_way_;
  slot fresh = std::make_unique<connection>(by->on_);
  request->on = fresh.get();
  auto opened = co_await open_link(by, fresh.get(), request);
  request->on = nullptr;
  --by->under_way_;
  by->turn_.call_one();
  if (!opened) co_return opened.error();
  co_return std::move(fresh);
}

}  // namespace retort::io
