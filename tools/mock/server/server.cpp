#include "tools/mock/server/server.hpp"

#include <fmt/format.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <optional>
#include <thread>

#include "tools/mock/answers/answers.hpp"
#include "tools/mock/server/connection.hpp"
#include "tools/mock/server/tls_context.hpp"

namespace retort::mock {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;
using tcp = asio::ip::tcp;
using tcp_acceptor = asio::basic_socket_acceptor<tcp, executor>;

// How long to wait for a descriptor when there are none left to accept with.
constexpr std::chrono::milliseconds accept_pause{50};

error_code listen_on(tcp_acceptor& acceptor, std::uint16_t port) {
  const tcp::endpoint where(asio::ip::address_v4::loopback(), port);
  error_code failed;
  acceptor.open(where.protocol(), failed);
  if (!failed) acceptor.set_option(asio::socket_base::reuse_address(true), failed);
  if (!failed) acceptor.bind(where, failed);
  if (!failed) acceptor.listen(asio::socket_base::max_listen_connections, failed);
  return failed;
}

awaitable<void> accept_connections(tcp_acceptor* acceptor, steady_timer* clock, shared server) {
  while (acceptor->is_open()) {
    auto [failed, connected] = co_await acceptor->async_accept(await);
    if (!acceptor->is_open()) co_return;
    if (failed) {
      clock->expires_after(accept_pause);
      co_await clock->async_wait(await);
    } else {
      co_spawn(acceptor->get_executor(), serve_connection(std::move(connected), server),
               asio::detached);
    }
  }
}

}  // namespace

struct server::state {
  mock::tally tally;
  tls_identity tls;  // no context: plain http
  std::unique_ptr<mock::service> service;
  std::uint16_t port = 0;
  std::uint64_t seed = 0;  // of the prompts' hashes
  std::optional<turnstile> turns;
  std::optional<times_log> times;
  asio::io_context loop{1};
  peer_list peers;
  tcp_acceptor acceptor{loop.get_executor()};
  steady_timer accept_clock{loop.get_executor()};
  std::thread thread;

  result<void> prepare(const options& chosen);
  result<void> listen(std::uint16_t wanted);
  void run();
  void end_everything();
};

result<void> server::state::prepare(const options& chosen) {
  const result<void> agreed = check_options(chosen);
  if (!agreed) return agreed;
  auto made = mock::service::make(chosen, tally);
  if (!made) return made.error();
  service = std::move(*made);
  seed = chosen.seed;
  turns.emplace(chosen.capacity);
  if (!chosen.write_times.empty()) {
    auto opened = times_log::open(chosen.write_times);
    if (!opened) return opened.error();
    times = std::move(*opened);
  }
  if (chosen.plain) return {};
  result<tls_identity> identity = make_tls(chosen);
  if (!identity) return identity.error();
  tls = std::move(*identity);
  return {};
}

result<void> server::state::listen(std::uint16_t wanted) {
  const error_code failed = listen_on(acceptor, wanted);
  if (failed) {
    return error{errc::usage,
                 fmt::format("cannot listen on 127.0.0.1:{}: {}", wanted, failed.message())};
  }
  port = acceptor.local_endpoint().port();
  return {};
}

void server::state::run() {
  const shared server{service.get(), &tally,  tls.context.get(),
                      &peers,        &*turns, times ? &*times : nullptr};
  co_spawn(loop, accept_connections(&acceptor, &accept_clock, server), asio::detached);
  thread = std::thread([this] { loop.run(); });
}

// On the loop's thread. Every coroutine then runs to its end, and with the last one the loop.
void server::state::end_everything() {
  error_code ignored;
  acceptor.close(ignored);
  accept_clock.cancel();
  for (peer& client : peers) client.abort();
}

result<std::unique_ptr<server>> server::start(const options& chosen) {
  auto made = std::make_unique<state>();
  result<void> ready = made->prepare(chosen);
  if (ready) ready = made->listen(chosen.port);
  if (!ready) return ready.error();
  made->run();
  return std::unique_ptr<server>(new server(std::move(made)));
}

server::server(std::unique_ptr<state> prepared) : state_(std::move(prepared)) {}

server::~server() { static_cast<void>(stop()); }

std::uint16_t server::port() const { return state_->port; }

std::string server::base_url() const {
  const std::string_view scheme = state_->tls.context ? "https" : "http";
  return fmt::format("{}://127.0.0.1:{}/v1", scheme, state_->port);
}

const std::string& server::ca_pem() const { return state_->tls.ca_pem; }

counters server::snapshot() const { return state_->tally.snapshot(); }

std::uint32_t server::answers_to(std::string_view prompt) const {
  return state_->tally.answers_to(hash_of_prompt(prompt, state_->seed));
}

result<void> server::stop() {
  if (!state_->thread.joinable()) return {};
  asio::post(state_->loop, [this] { state_->end_everything(); });
  state_->thread.join();
  return state_->times ? state_->times->close() : result<void>();
}

}  // namespace retort::mock
