#include "io/host_addresses.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/redirect_error.hpp>

namespace retort::io {
namespace {

// How long looked-up addresses are used again.
constexpr std::chrono::seconds lifetime{30};

}  // namespace

host_addresses::host_addresses(executor on, std::string host, std::uint16_t port)
    : host_(std::move(host)), port_(std::to_string(port)), resolver_(on) {}

void host_addresses::worked(const endpoint& which) {
  const auto at = std::find(known_.begin(), known_.end(), which);
  if (at != known_.end()) std::rotate(known_.begin(), at, known_.end());
}

bool host_addresses::are_fresh() const {
  return !known_.empty() && std::chrono::steady_clock::now() - known_since_ < lifetime;
}

void host_addresses::keep(const resolver::results_type& found) {
  known_.clear();
  for (const auto& one : found) known_.push_back(one.endpoint());
  known_since_ = std::chrono::steady_clock::now();
}

awaitable<result<void>> host_addresses::look_up(host_addresses* of) {
  boost::system::error_code ec;
  auto found = co_await of->resolver_.async_resolve(of->host_, of->port_, resolver::numeric_service,
                                                    asio::redirect_error(use_awaitable, ec));
  if (ec) {
    co_return error{errc::resolve, fmt::format("{} has no address: {}", of->host_, ec.message())};
  }
  of->keep(found);
  co_return result<void>();
}

awaitable<result<void>> resolve(host_addresses* of) {
  if (of->are_fresh()) co_return result<void>();
  if (of->looking_) {
    co_await wait_in(&of->others_);
    co_return of->outcome_;
  }
  of->looking_ = true;
  auto outcome = co_await host_addresses::look_up(of);
  of->looking_ = false;
  of->outcome_ = outcome;
  of->others_.call_all();
  co_return outcome;
}

}  // namespace retort::io
