// The coroutine vocabulary of the program: one io_context per thread, its concrete executor type,
// a place for coroutines to wait for one another, and an alarm. Everything here belongs to one
// thread.
#pragma once

#include <boost/asio/async_result.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>
#include <cstdint>
#include <deque>
#include <memory>
#include <utility>

namespace retort::io {

namespace asio = boost::asio;

// The concrete type: any_io_executor would double the cost of a post.
using executor = asio::io_context::executor_type;
template <class T = void>
using awaitable = asio::awaitable<T, executor>;
inline constexpr asio::use_awaitable_t<executor> use_awaitable;
using tcp_socket = asio::basic_stream_socket<asio::ip::tcp, executor>;
using timer = asio::basic_waitable_timer<std::chrono::steady_clock,
                                         asio::wait_traits<std::chrono::steady_clock>, executor>;

// Where coroutines wait, first come first served, until somebody on the same thread calls them.
class waiting_room {
 public:
  using handler = asio::async_result<asio::use_awaitable_t<executor>, void()>::handler_type;

  bool empty() const { return waiting_.empty(); }
  std::size_t size() const { return waiting_.size(); }
  void enter(handler next) { waiting_.push_back(std::move(next)); }

  // Posts the first coroutine's resumption; false when nobody waits.
  bool call_one() {
    if (waiting_.empty()) return false;
    handler next = std::move(waiting_.front());
    waiting_.pop_front();
    asio::post(std::move(next));
    return true;
  }
  void call_all() {
    while (call_one()) continue;
  }

 private:
  std::deque<handler> waiting_;
};

// co_await wait_in(&room): suspends until the room calls this coroutine.
inline awaitable<> wait_in(waiting_room* room) {
  return asio::async_initiate<const asio::use_awaitable_t<executor>, void()>(
      [](waiting_room::handler next, waiting_room* where) { where->enter(std::move(next)); },
      use_awaitable, room);
}

inline awaitable<> sleep_until(executor on, std::chrono::steady_clock::time_point then) {
  timer alarm(on);
  alarm.expires_at(then);
  boost::system::error_code ignored;
  co_await alarm.async_wait(asio::redirect_error(use_awaitable, ignored));
}

// A timer that calls once. After cancel(), after its own end and once it is set anew it calls no
// more: not even where it had come due, and only its turn in the loop's queue was waited for. A
// timer's handler comes then as if nothing had happened, to an owner that may be gone.
class alarm {
 public:
  explicit alarm(executor on) : timer_(on) {}

  // Keeps the loop at work until then.
  template <class Call>
  void set(std::chrono::steady_clock::time_point then, Call call) {
    timer_.expires_at(then);
    timer_.async_wait([last = std::weak_ptr(last_), own = ++*last_,
                       call = std::move(call)](const boost::system::error_code& ec) {
      const auto now = last.lock();
      if (!ec && now && *now == own) call();
    });
  }
  template <class Call>
  void set(std::chrono::steady_clock::duration from_now, Call call) {
    set(std::chrono::steady_clock::now() + from_now, std::move(call));
  }

  void cancel() {
    ++*last_;
    timer_.cancel();
  }

 private:
  timer timer_;
  std::shared_ptr<std::uint64_t> last_ = std::make_shared<std::uint64_t>(0);  // that was set
};

}  // namespace retort::io
