#include "engine/witness/server_watch.hpp"

#include <fmt/format.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/redirect_error.hpp>
#include <utility>

namespace retort::engine {
namespace {

using std::chrono::milliseconds;

// What is slower is no help beside a trial.
constexpr std::chrono::seconds longest_look{2};

bool are_same_server(const io::url& one, const io::url& other) {
  return one.tls == other.tls && one.host == other.host && one.port == other.port;
}

}  // namespace

milliseconds pause_before_sample(std::uint64_t number) {
  return number < 20 ? milliseconds(250) : milliseconds(2000);
}

result<std::unique_ptr<server_watch>> server_watch::make(io::executor on,
                                                         const io::http_client& beside,
                                                         const std::string& address) {
  io::http_endpoint to = beside.endpoint();
  std::string path = "/metrics";
  if (!address.empty()) {
    auto other = io::parse_url(address);
    if (!other) return error{errc::usage, "--server-metrics " + other.error().message};
    if (!other->path.empty()) path = other->path;
    if (!are_same_server(*other, to.base)) {
      to.headers.clear();
      to.proxy.reset();
    }
    to.base = std::move(*other);
  }
  to.base.path.clear();
  to.target = path;
  to.connections = 1;
  to.streams = false;
  std::string shown =
      fmt::format("{}://{}{}", to.base.tls ? "https" : "http", to.base.host_field(), path);
  auto client = io::http_client::make(on, std::move(to));
  if (!client) return client.error();
  return std::unique_ptr<server_watch>(new server_watch(on, std::move(shown), std::move(*client)));
}

io::awaitable<> look(server_watch* at, server_course* into) {
  const io::http_request request =
      at->client_->request("GET", at->client_->endpoint().target, "", "");
  const auto until = std::chrono::steady_clock::now() + longest_look;
  const auto response = co_await io::exchange(at->client_.get(), &request, until);
  at->problem_.clear();
  if (!response) {
    at->problem_ = response.error().message;
    co_return;
  }
  if (!response->is_success()) {
    at->problem_ = fmt::format("status {}", response->status);
    co_return;
  }
  const auto state = read_server_state(response->body);
  if (!state) {
    at->problem_ = "has no metric of vLLM, SGLang or llama.cpp";
    co_return;
  }
  if (into && at->counts_ && at->counts_()) into->add(*state);
}

io::awaitable<> sample_on(server_watch* at, server_course* into) {
  boost::system::error_code ignored;
  for (std::uint64_t number = 0; at->is_sampling_; ++number) {
    at->alarm_.expires_after(pause_before_sample(number));
    co_await at->alarm_.async_wait(io::asio::redirect_error(io::use_awaitable, ignored));
    if (!at->is_sampling_) break;
    if (at->counts_()) co_await look(at, into);
  }
  at->is_under_way_ = false;
  at->ended_.call_all();
}

void server_watch::begin(server_course* into, std::function<bool()> counts) {
  counts_ = std::move(counts);
  is_sampling_ = is_under_way_ = true;
  io::asio::co_spawn(on_, sample_on(this, into), [](std::exception_ptr thrown) {
    if (thrown) std::rethrow_exception(thrown);
  });
}

void server_watch::end() {
  is_sampling_ = false;
  alarm_.cancel();
}

void server_watch::stop() {
  end();
  client_->stop();
}

io::awaitable<> ended(server_watch* at) {
  while (at->is_under_way_) co_await io::wait_in(&at->ended_);
}

}  // namespace retort::engine
