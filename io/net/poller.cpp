#include "io/net/poller.hpp"

#include <sys/epoll.h>

#include <array>
#include <boost/asio/dispatch.hpp>
#include <system_error>
#include <utility>

namespace retort::io {
namespace {

// Taken from the kernel at once; whatever else the thread has to do comes between two such turns.
constexpr int events_per_turn = 256;

int make_set() {
  const int set = ::epoll_create1(EPOLL_CLOEXEC);
  if (set < 0) throw std::system_error(errno, std::generic_category(), "epoll_create1");
  return set;
}

std::uint64_t name_of(std::uint32_t place, std::uint32_t generation) {
  return std::uint64_t{generation} << 32 | place;
}

}  // namespace

asio::execution_context::id poller::id;

poller::poller(asio::execution_context& owner)
    : service(owner), set_(static_cast<asio::io_context&>(owner).get_executor(), make_set()) {}

void poller::shutdown() {
  places_.clear();
  boost::system::error_code ignored;
  set_.close(ignored);
}

poller::place poller::add(int socket) {
  if (free_.empty()) {
    free_.push_back(static_cast<place>(places_.size()));
    places_.emplace_back();
  }
  const place at = free_.back();
  free_.pop_back();
  epoll_event event{};
  event.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET;
  event.data.u64 = name_of(at, places_[at].generation);
  // Without memory for it nothing would ever wake the socket's waiter.
  if (::epoll_ctl(set_.native_handle(), EPOLL_CTL_ADD, socket, &event) != 0) {
    throw std::system_error(errno, std::generic_category(), "epoll_ctl");
  }
  return at;
}

// A closed socket has left the set by itself.
void poller::remove(place of) {
  if (of >= places_.size()) return;  // after shutdown
  interrupt(of);
  ++places_[of].generation;
  places_[of].changed = places_[of].drained = places_[of].has_ended = false;
  free_.push_back(of);
}

void poller::wait(place of, waiting_room::handler next) {
  watched& one = places_[of];
  if (std::exchange(one.changed, false)) return asio::post(std::move(next));
  one.waiting.emplace(std::move(next));
  ++waiting_;
  arm();
}

void poller::interrupt(place of) {
  watched& one = places_[of];
  if (!one.waiting) return;
  waiting_room::handler next = std::move(*one.waiting);
  one.waiting.reset();
  asio::post(std::move(next));
  if (--waiting_ == 0 && armed_) set_.cancel();
}

void poller::arm() {
  if (std::exchange(armed_, true)) return;
  set_.async_wait(asio::posix::descriptor_base::wait_read,
                  [this](const boost::system::error_code& ec) {
                    armed_ = false;
                    if (!ec) take_events();
                    if (waiting_ > 0) arm();
                  });
}

void poller::take_events() {
  std::array<epoll_event, events_per_turn> events;
  const int count = ::epoll_wait(set_.native_handle(), events.data(), events_per_turn, 0);
  for (int i = 0; i < count; ++i) {
    const epoll_event& told = events[static_cast<std::size_t>(i)];
    const std::uint64_t name = told.data.u64;
    watched& one = places_[static_cast<place>(name)];
    if (one.generation != name >> 32) continue;
    if ((told.events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0) one.has_ended = true;
    if (one.has_ended || (told.events & EPOLLIN) != 0) one.drained = false;
    resume(one);
  }
}

void poller::resume(watched& one) {
  if (!one.waiting) {
    one.changed = true;
    return;
  }
  waiting_room::handler next = std::move(*one.waiting);
  one.waiting.reset();
  --waiting_;
  std::move(next)();
}

}  // namespace retort::io
