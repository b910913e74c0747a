#include "io/http/http_client.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/redirect_error.hpp>
#include <boost/intrusive/list.hpp>
#include <utility>

#include "io/http/host_addresses.hpp"
#include "io/http/http_parser.hpp"
#include "io/http/http_tunnel.hpp"
#include "io/http/http_wire.hpp"

namespace retort::io {
namespace {

using clock = http_client::clock;
using tcp = asio::ip::tcp;

// How often overdue requests are looked for; the precision of every deadline.
constexpr std::chrono::milliseconds sweep_interval{50};
// What one of several addresses may take before the next is tried.
constexpr std::chrono::seconds connect_patience{5};
// Most servers keep an idle connection for 5 to 75 s; one idle for as long as this is closed.
constexpr std::chrono::seconds stale{60};
// As many idle connections are looked at by every sweep, which is 0.4 us each.
constexpr std::size_t always_looked_at = 64;
// What the end of a body may take of which nothing more is wanted, and of one that is whole though
// more could be of use, before the connection is closed.
constexpr std::chrono::milliseconds farewell_patience{250};
constexpr std::chrono::milliseconds whole_patience{1000};
// A server that sends responses nobody asked for does so right behind others, or as soon as it is
// connected to. Until one has once kept quiet for so long, nothing follows sooner.
constexpr std::chrono::milliseconds probation{25};
// A 408 that comes so soon is no answer to the request, which no server gives up within this time.
constexpr std::chrono::seconds soonest_408{1};
// How many connections are opened at once. A handshake under way holds some 25 KB more than a
// connection at rest, and the later ones resume the sessions of the earlier.
constexpr std::size_t max_opening = 128;

struct connection {
  explicit connection(executor on) : link(on) {}
  stream link;
  clock::time_point idle_since{};
  bool used = false;   // has carried a whole response
  bool looked = true;  // at the socket, behind its last response

  void free_first_buffers() {
    if (!used) link.free_buffers();
  }
};

// A request under way, for the sweeper. Lives in the coroutine that carries the request.
struct pending
    : boost::intrusive::list_base_hook<boost::intrusive::link_mode<boost::intrusive::auto_unlink>> {
  explicit pending(clock::time_point until) : deadline(until) {}
  clock::time_point deadline;
  clock::time_point patience = clock::time_point::max();  // of the address being tried
  connection* on = nullptr;  // null while it waits for its turn to open one
};

host_addresses addresses_of(executor on, const http_endpoint& endpoint) {
  const url& first_hop = endpoint.proxy ? *endpoint.proxy : endpoint.base;
  return {on, first_hop.host, first_hop.port};
}

}  // namespace

struct http_client::state {
  state(executor executor_, http_endpoint endpoint_)
      : on(executor_),
        endpoint(std::move(endpoint_)),
        addresses(addresses_of(executor_, endpoint)),
        sweeper(executor_) {}

  executor on;
  http_endpoint endpoint;
  std::string head;  // of the usual POST
  std::unique_ptr<tls_context> tls;
  std::vector<std::unique_ptr<connection>> idle;  // newest last
  bool has_answered = false;                      // ever
  // What the server is known for. One that was caught answering unasked gets each request on a
  // connection of its own.
  bool waits_to_be_asked = false;  // was seen to, on a fresh connection
  bool is_quiet_behind = false;    // ..., behind an answer
  bool answers_unasked = false;
  boost::intrusive::list<pending, boost::intrusive::constant_time_size<false>> under_way;
  http_counters counters;
  bool stopped = false;

  std::size_t opening = 0;  // connections being opened
  waiting_room turn;        // to open one

  host_addresses addresses;  // the proxy's, if there is one

  timer sweeper;
  bool sweeping = false;

  void sweep();
  void arm_sweeper();
  void close_overdue(clock::time_point now);
  void drop_stale(clock::time_point now);
  silence look(connection& one);
  void look_at_idle();
};

void http_client::state::close_overdue(clock::time_point now) {
  for (pending& one : under_way) {
    if (now < std::min(one.deadline, one.patience)) continue;
    if (one.on) {
      one.on->link.close();
    } else {
      turn.call_all();
    }
  }
}

void http_client::state::drop_stale(clock::time_point now) {
  std::erase_if(idle, [now](const auto& one) { return now - one->idle_since > stale; });
}

// What has come on a connection that carries no request is nobody's answer, and the connection is
// not used again.
silence http_client::state::look(connection& one) {
  const silence seen = one.link.look();
  answers_unasked |= seen == silence::answered;
  return seen;
}

// Each once behind its answer; few of them, at each sweep.
void http_client::state::look_at_idle() {
  const bool few = idle.size() <= always_looked_at;
  std::erase_if(idle, [&](const auto& one) {
    const bool due = !std::exchange(one->looked, true) || few;
    return due && look(*one) != silence::quiet;
  });
}

void http_client::state::sweep() {
  sweeping = false;
  look_at_idle();
  close_overdue(clock::now());
  if (!under_way.empty()) arm_sweeper();
}

// Armed only while a request is under way.
void http_client::state::arm_sweeper() {
  if (sweeping) return;
  sweeping = true;
  drop_stale(clock::now());
  sweeper.expires_after(sweep_interval);
  sweeper.async_wait([this](const boost::system::error_code& ec) {
    if (!ec) sweep();
  });
}

namespace {

using client_state = http_client::state;

bool is_over(const client_state& client, const pending& request) {
  return client.stopped || clock::now() >= request.deadline;
}

// The error of a request that `why` ended, unless its deadline or a stop is the real reason.
error explain(const client_state& client, const pending& request, error why) {
  if (client.stopped) return {errc::cancelled, "stopped"};
  if (clock::now() >= request.deadline) {
    return {errc::timeout, "no complete response before the request's deadline (timeout_s)"};
  }
  return why;
}

error unsent(error why) {
  why.unsent = true;
  return why;
}

// Many a server that expects TLS closes without a word when it is spoken to in plain HTTP. One that
// has answered before, or that closes while it is spoken to, has other reasons.
error hint_at_tls(const client_state& client, const http_response& response, error why) {
  const bool silent = why.code == errc::reset && response.first_byte == clock::time_point();
  const bool heard_out = response.written != clock::time_point();
  if (!client.tls && !client.has_answered && silent && heard_out) {
    why.message += " (should the URL begin with https://?)";
  }
  return why;
}

awaitable<> sleep_until(executor on, clock::time_point then) {
  timer alarm(on);
  alarm.expires_at(then);
  boost::system::error_code ignored;
  co_await alarm.async_wait(asio::redirect_error(use_awaitable, ignored));
}

// Tries every address, the one that last worked first.
awaitable<result<void>> connect_any(client_state* client, connection* to, pending* request) {
  boost::system::error_code ec = asio::error::host_not_found;
  tcp::endpoint tried;
  const std::vector<tcp::endpoint> addresses = client->addresses.in_order();
  for (std::size_t i = 0; i < addresses.size() && !is_over(*client, *request); ++i) {
    tried = addresses[i];
    to->link.close();
    request->patience = clock::now() + connect_patience;
    co_await to->link.socket().async_connect(tried, asio::redirect_error(use_awaitable, ec));
    request->patience = clock::time_point::max();
    if (ec || !to->link.socket().is_open()) continue;
    client->addresses.worked(tried);
    to->link.make_ready();
    co_return result<void>();
  }
  // Closed by the sweeper: the address did not answer in time.
  if (!ec || ec == asio::error::operation_aborted) ec = asio::error::timed_out;
  co_return error{errc::connect,
                  fmt::format("no connection to {}:{}: {}", tried.address().to_string(),
                              tried.port(), ec.message())};
}

awaitable<result<void>> shake_hands(client_state* client, connection* with) {
  const std::string& host = client->endpoint.base.host;
  with->link.start_tls(*client->tls, host);
  for (;;) {
    const transfer moved = with->link.handshake();
    if (moved.state == step::done) break;
    if (moved.state == step::end || moved.state == step::broken) {
      co_return explain_handshake_failure(with->link.ssl(), host);
    }
    with->free_first_buffers();
    co_await ready(&with->link, moved.state);
  }
  if (SSL_session_reused(with->link.ssl())) ++client->counters.resumed;
  co_return result<void>();
}

// What a server says before it is asked is nobody's answer.
result<void> expect_quiet(connection& fresh) {
  switch (fresh.link.look()) {
    case silence::quiet: return {};
    case silence::ended:
      return error{errc::connect, "the server closed the new connection at once"};
    default: break;
  }
  return error{errc::connect,
               "the server sent something before it was asked anything (is it an HTTP server?)"};
}

awaitable<result<void>> watch_fresh(client_state* client, connection* fresh) {
  if (!client->waits_to_be_asked) co_await sleep_until(client->on, clock::now() + probation);
  auto quiet = expect_quiet(*fresh);
  if (quiet) client->waits_to_be_asked = true;
  co_return quiet;
}

awaitable<result<void>> open_link(client_state* client, connection* fresh, pending* request) {
  auto resolved = co_await resolve(&client->addresses);
  if (!resolved) co_return resolved.error();
  auto connected = co_await connect_any(client, fresh, request);
  if (!connected) co_return connected.error();
  if (client->endpoint.proxy) {
    const http_endpoint& to = client->endpoint;
    auto waiting = expect_quiet(*fresh);
    if (!waiting) co_return waiting.error();
    auto tunnel = co_await open_tunnel(&fresh->link, &to.base, &*to.proxy);
    if (!tunnel) co_return tunnel.error();
  }
  if (client->tls) {
    auto secured = co_await shake_hands(client, fresh);
    if (!secured) co_return secured.error();
  }
  auto quiet = co_await watch_fresh(client, fresh);
  if (quiet) ++client->counters.connections;
  co_return quiet;
}

// Opens a connection when it is the request's turn.
awaitable<result<void>> open_connection(client_state* client, connection* fresh, pending* request) {
  while (client->opening >= max_opening && !is_over(*client, *request)) {
    co_await wait_in(&client->turn);
  }
  ++client->opening;
  request->on = fresh;
  auto opened = co_await open_link(client, fresh, request);
  --client->opening;
  client->turn.call_one();
  co_return opened;
}

bool may_carry(client_state& client, connection& kept) {
  return client.look(kept) == silence::quiet && !client.answers_unasked;
}

// Behind a whole response, from what was read with it: the socket itself is asked before the
// connection carries another, or by the next sweep if none comes soon.
silence look_behind(client_state& client, connection& one, const http_round& round) {
  if (round.has_surplus()) return silence::broken;
  if (!round.keeps_alive()) return silence::ended;
  // What was here with the response was read with it.
  return one.link.has_pending() ? client.look(one) : silence::quiet;
}

// Of two responses to one request on a connection that carried others before, the first may well be
// a late one to another's: neither is taken.
bool is_doubtful(const connection& lease, silence behind) {
  return lease.used && (behind == silence::broken || behind == silence::answered);
}

// The newest idle connection that has kept quiet, or null.
std::unique_ptr<connection> lease_idle(client_state& client) {
  while (!client.idle.empty()) {
    auto newest = std::move(client.idle.back());
    client.idle.pop_back();
    if (may_carry(client, *newest)) return newest;
  }
  return nullptr;
}

// Until the server is known to send nothing behind an answer: `kept`, or null where it has.
awaitable<std::unique_ptr<connection>> watch_kept(client_state* client,
                                                  std::unique_ptr<connection> kept) {
  co_await sleep_until(client->on, kept->idle_since + probation);
  if (!may_carry(*client, *kept)) kept.reset();
  if (kept) client->is_quiet_behind = true;
  co_return kept;
}

void give_back(client_state& client, std::unique_ptr<connection> lease, clock::time_point now) {
  if (client.stopped || client.answers_unasked) return;
  lease->free_first_buffers();
  lease->used = true;
  lease->looked = false;
  lease->idle_since = now;
  client.idle.push_back(std::move(lease));
}

// A kept-alive connection that the server had closed: nothing came back, so nothing is known to
// have been done, and one try on a fresh connection is due.
bool was_closed(const connection& lease, const http_response& response) {
  return lease.used && response.first_byte == clock::time_point();
}

// The farewell of a server that closes an idle connection (RFC 9110, section 15.5.9), which crossed
// the request.
bool was_given_up(const connection& lease, const http_round& round, const http_response& response) {
  return lease.used && response.status == 408 && !round.keeps_alive() &&
         response.first_byte - response.written < soonest_408;
}

const error whose_is_it{errc::protocol, "more came than the response: whose it is cannot be told"};

bool is_answered(const body_sink* sink) { return sink && (sink->ended() || sink->whole()); }

// Once what has come is enough, its proper end is waited for only shortly, whatever else comes.
void limit_patience(pending& request, const body_sink& sink) {
  const auto patience = sink.ended() ? farewell_patience : whole_patience;
  request.patience = std::min(request.patience, clock::now() + patience);
}

// Everything before the value of Content-Length.
std::string make_head(const http_endpoint& to, std::string_view method, std::string_view path,
                      std::string_view content_type) {
  std::string head = fmt::format(
      "{} {} HTTP/1.1\r\nHost: {}\r\nUser-Agent: retort/0.1\r\nAccept: */*\r\n"
      "Accept-Encoding: gzip\r\n",
      method, path, to.base.host_field());
  if (!content_type.empty()) head += fmt::format("Content-Type: {}\r\n", content_type);
  return head + to.headers + "Content-Length: ";
}

std::string with_body(const std::string& head, std::string_view body) {
  std::string out;
  out.reserve(head.size() + 16 + body.size());
  out += head;
  out += fmt::format_int(body.size()).c_str();
  out += "\r\n\r\n";
  out += body;
  return out;
}

// Getting buffers and giving them back costs some 0.3 us a request. Many connections would hold
// much memory for nothing; and a long response is the slower the more buffers take turns in the
// cache.
buffers buffers_for(const http_endpoint& to) {
  constexpr std::size_t many = 512;
  return to.connections > many || to.streams ? buffers::freed : buffers::kept;
}

}  // namespace

result<std::unique_ptr<http_client>> http_client::make(executor on, http_endpoint endpoint) {
  auto made = std::make_unique<state>(on, std::move(endpoint));
  const http_endpoint& to = made->endpoint;
  made->head = make_head(to, "POST", to.base.path + to.target, to.content_type);
  if (made->endpoint.base.tls) {
    auto tls = tls_context::make(to.trusted, buffers_for(to));
    if (!tls) return tls.error();
    made->tls = std::move(*tls);
  }
  return std::unique_ptr<http_client>(new http_client(std::move(made)));
}

http_client::http_client(std::unique_ptr<state> made) : state_(std::move(made)) {}
http_client::~http_client() = default;

std::string http_client::compose(std::string_view body) const {
  return with_body(state_->head, body);
}

std::string http_client::compose(const http_request& what) const {
  return with_body(make_head(state_->endpoint, what.method, what.path, what.content_type),
                   what.body);
}

const url& http_client::base() const { return state_->endpoint.base; }

std::string http_client::usual_url() const {
  const http_endpoint& to = state_->endpoint;
  return fmt::format("{}://{}{}{}", to.base.tls ? "https" : "http", to.base.host_field(),
                     to.base.path, to.target);
}

void http_client::stop() {
  state_->stopped = true;
  for (pending& one : state_->under_way) {
    if (one.on) one.on->link.close();
  }
  state_->turn.call_all();
  state_->idle.clear();
  state_->addresses.cancel();
  state_->sweeper.cancel();
}

const http_counters& http_client::counters() const { return state_->counters; }

awaitable<result<http_response>> exchange(http_client* client, const std::string* request,
                                          http_client::clock::time_point deadline, body_sink* sink,
                                          route by) {
  client_state& own = client->internals();
  if (own.stopped) co_return unsent({errc::cancelled, "stopped"});
  pending mine(deadline);
  own.under_way.push_back(mine);
  own.arm_sweeper();
  http_response response;
  std::unique_ptr<connection> lease;
  if (by == route::usual) lease = lease_idle(own);
  if (lease && !own.is_quiet_behind) {
    auto still_quiet = co_await watch_kept(&own, std::move(lease));
    lease = std::move(still_quiet);
    if (is_over(own, mine)) co_return unsent(explain(own, mine, {}));
  }
  for (;;) {
    if (!lease) {
      lease = std::make_unique<connection>(own.on);
      auto opened = co_await open_connection(&own, lease.get(), &mine);
      if (!opened) {
        const error why = explain(own, mine, opened.error());
        co_return response.retried_stale ? why : unsent(why);
      }
    }
    mine.on = lease.get();
    http_round round(&lease->link, *request, &response, answer_to::post, sink);
    auto moved = round.advance();
    while (moved && *moved != step::done) {
      if (is_answered(sink)) limit_patience(mine, *sink);
      lease->free_first_buffers();
      co_await ready(&lease->link, *moved);
      moved = round.advance();
    }
    mine.on = nullptr;
    if (!moved && is_answered(sink)) co_return response;
    const silence behind = moved ? look_behind(own, *lease, round) : silence::ended;
    const bool is_stale = moved
                              ? was_given_up(*lease, round, response) || is_doubtful(*lease, behind)
                              : was_closed(*lease, response);
    if (!is_stale || is_over(own, mine)) {
      if (!moved) co_return explain(own, mine, hint_at_tls(own, response, moved.error()));
      own.has_answered = true;
      if (behind == silence::quiet) give_back(own, std::move(lease), response.last_byte);
      co_return response;
    }
    if (sink && response.is_success()) co_return whose_is_it;
    ++own.counters.stale;
    lease.reset();
    response = http_response();
    response.retried_stale = true;
  }
}

}  // namespace retort::io
