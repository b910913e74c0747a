#include "io/net/host_addresses.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/redirect_error.hpp>

namespace retort::io {
namespace {

// How long looked-up addresses are used again.
constexpr std::chrono::seconds lifetime{30};

}  // namespace

// What is an address already needs no look-up, which would wait for its turn on the loop.
host_addresses::host_addresses(executor on, std::string host, std::uint16_t port)
    : host_(std::move(host)), port_(std::to_string(port)), resolver_(on) {
  boost::system::error_code none;
  const auto literal = asio::ip::make_address(host_, none);
  if (none) return;
  is_literal_ = true;
  known_ = {endpoint(literal, port)};
}

void host_addresses::worked(const endpoint& which) {
  const auto at = std::find(known_.begin(), known_.end(), which);
  if (at != known_.end()) std::rotate(known_.begin(), at, known_.end());
}

bool host_addresses::are_fresh() const {
  return is_literal_ ||
         (!known_.empty() && std::chrono::steady_clock::now() - known_since_ < lifetime);
}

void host_addresses::keep(const resolver::results_type& found) {
  known_.clear();
  for (const auto& one : found) known_.push_back(one.endpoint());
  known_since_ = std::chrono::steady_clock::now();
}

result<void> host_addresses::outcome() const {
  if (failure_.empty()) return {};
  return error{errc::resolve, failure_};
}

awaitable<> look_up(host_addresses* of) {
  of->looking_ = true;
  boost::system::error_code ec;
  auto found = co_await of->resolver_.async_resolve(of->host_, of->port_,
                                                    asio::ip::tcp::resolver::numeric_service,
                                                    asio::redirect_error(use_awaitable, ec));
  of->failure_.clear();
  if (ec) of->failure_ = fmt::format("{} has no address: {}", of->host_, ec.message());
  if (!ec) of->keep(found);
  of->looking_ = false;
  of->others_.call_all();
}

awaitable<result<void>> resolve(host_addresses* of) {
  if (of->are_fresh()) co_return result<void>();
  if (of->looking_) {
    co_await wait_in(&of->others_);
  } else {
    co_await look_up(of);
  }
  co_return of->outcome();
}

}  // namespace retort::io
