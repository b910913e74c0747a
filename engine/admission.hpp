// The one gate before the wire. First form: a bound on the requests in flight to one endpoint,
// first come first served, so that a retry and a fresh record wait in the same line. A permit is
// held from before the request is sent until its response is read, and never during a backoff.
// One thread: the engine's.
#pragma once

#include <cstdint>
#include <utility>

#include "io/awaitable.hpp"

namespace retort::engine {

class admission {
 public:
  explicit admission(std::uint32_t concurrency) : free_(concurrency) {}

  bool try_take() { return free_ > 0 && free_-- > 0; }
  io::waiting_room& line() { return line_; }
  std::uint32_t in_flight() const { return in_flight_; }

 private:
  friend class permit;
  void entered() { ++in_flight_; }
  // A freed place goes to the first in line, if there is one, without becoming free in between.
  void leave() {
    --in_flight_;
    if (!line_.call_one()) ++free_;
  }

  std::uint32_t free_;
  std::uint32_t in_flight_ = 0;
  io::waiting_room line_;
};

// A place in flight; given back on destruction.
class permit {
 public:
  permit() = default;
  explicit permit(admission* gate) : gate_(gate) { gate_->entered(); }
  permit(permit&& other) noexcept : gate_(std::exchange(other.gate_, nullptr)) {}
  permit& operator=(permit&& other) noexcept {
    std::swap(gate_, other.gate_);
    return *this;
  }
  ~permit() { release(); }

  explicit operator bool() const { return gate_ != nullptr; }

  void release() {
    if (gate_) std::exchange(gate_, nullptr)->leave();
  }

 private:
  admission* gate_ = nullptr;
};

// A place, if one is free now.
inline permit try_admit(admission* gate) { return gate->try_take() ? permit(gate) : permit(); }

// Waits for a place.
inline io::awaitable<permit> admit(admission* gate) {
  const bool free = gate->try_take();
  if (!free) co_await io::wait_in(&gate->line());
  co_return permit(gate);
}

}  // namespace retort::engine
