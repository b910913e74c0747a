#include "io/net/host_addresses.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <mutex>
#include <system_error>
#include <thread>
#include <utility>

namespace retort::io {
namespace {

using clock = std::chrono::steady_clock;

// While the old addresses serve, a look-up that failed is made again after so long.
constexpr std::chrono::seconds second_look{5};

error no_address(const std::string& host, const std::string& why) {
  return {errc::resolve, fmt::format("{} has no address: {}", host, why)};
}

}  // namespace

// What the thread of a look-up, which may outlive all else, has of who asked.
struct host_addresses::asker {
  std::mutex mutex;
  host_addresses* who;  // null once it is gone; its loop is there as long as it is
};

// What is an address already needs no look-up, which would wait for its turn on the loop.
host_addresses::host_addresses(executor on, std::string host, std::uint16_t port,
                               std::chrono::seconds lifetime)
    : on_(on),
      host_(std::move(host)),
      port_(std::to_string(port)),
      lifetime_(lifetime),
      as_asker_(std::make_shared<asker>()) {
  as_asker_->who = this;
  boost::system::error_code none;
  const auto literal = asio::ip::make_address(host_, none);
  if (none) return;
  is_literal_ = serve_ = true;
  known_ = {endpoint(literal, port)};
}

host_addresses::~host_addresses() {
  const std::scoped_lock lock(as_asker_->mutex);
  as_asker_->who = nullptr;
}

bool host_addresses::are_fresh() const { return is_literal_ || clock::now() < fresh_until_; }

void host_addresses::worked(const endpoint& which) {
  const auto at = std::find(known_.begin(), known_.end(), which);
  if (at == known_.end()) return;
  std::rotate(known_.begin(), at, known_.end());
  serve_ = true;
}

// Blocks.
host_addresses::found host_addresses::ask(const std::string& host, const std::string& port) {
  asio::io_context own;
  boost::system::error_code ec;
  const auto all = asio::ip::tcp::resolver(own).resolve(
      host, port, asio::ip::tcp::resolver::numeric_service, ec);
  if (ec) return no_address(host, ec.message());
  std::vector<endpoint> out;
  for (const auto& one : all) out.push_back(one.endpoint());
  return out;
}

void host_addresses::refresh() {
  if (are_fresh() || looking_ || cancelled_) return;
  looking_ = true;
  at_work_.emplace(on_);
  try {
    std::thread([to = as_asker_, host = host_, port = port_] {
      found what = ask(host, port);
      const std::scoped_lock lock(to->mutex);
      if (!to->who) return;
      asio::post(to->who->on_, [to, what = std::move(what)]() mutable {
        if (to->who) to->who->take(std::move(what));
      });
    }).detach();
  } catch (const std::system_error& none) {  // no thread is to be had: that may pass
    take(no_address(host_, none.what()));
  }
}

void host_addresses::take(found what) {
  looking_ = false;
  at_work_.reset();
  failure_.reset();
  if (what) {
    known_ = std::move(*what);
    fresh_until_ = clock::now() + lifetime_;
  } else {
    failure_ = what.error();
    if (serve_) fresh_until_ = clock::now() + std::min(lifetime_, second_look);
  }
  news_.call_all();
}

result<void> host_addresses::outcome() const {
  if (serve_ || are_fresh()) return {};
  if (failure_) return *failure_;
  return !known_.empty() ? result<void>() : no_address(host_, "its look-up is not over");
}

void host_addresses::cancel() {
  cancelled_ = true;
  looking_ = false;
  at_work_.reset();
  news_.call_all();
}

}  // namespace retort::io
