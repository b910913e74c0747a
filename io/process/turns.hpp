// So many at a time: whoever comes later waits in line, first come first served. One thread.
#pragma once

#include <cstddef>
#include <utility>

#include "io/base/awaitable.hpp"

namespace retort::io {

class turns {
 public:
  explicit turns(std::size_t places) : free_(places) {}

  // Nobody gets a turn any more; those that wait are told at once.
  void stop() {
    stopped_ = true;
    line_.call_all();
  }
  bool is_stopped() const { return stopped_; }
  bool has_free() const { return free_ > 0; }

  waiting_room& line() { return line_; }
  void take() { --free_; }
  void give_back() {
    ++free_;
    line_.call_one();
  }

 private:
  std::size_t free_;
  waiting_room line_;
  bool stopped_ = false;
};

// A place, given back with its owner. The turns outlive it.
class turn {
 public:
  turn() = default;
  explicit turn(turns* of) : of_(of) { of_->take(); }
  turn(turn&& other) noexcept : of_(std::exchange(other.of_, nullptr)) {}
  turn& operator=(turn&& other) noexcept {
    std::swap(of_, other.of_);
    return *this;
  }
  ~turn() {
    if (of_) of_->give_back();
  }
  explicit operator bool() const { return of_ != nullptr; }

 private:
  turns* of_ = nullptr;
};

// No turn once they are stopped.
inline awaitable<turn> take_turn(turns* of) {
  turn mine;
  while (!of->is_stopped() && !of->has_free()) {
    waiting_room* const line = &of->line();
    co_await wait_in(line);
  }
  if (!of->is_stopped()) mine = turn(of);
  co_return mine;
}

}  // namespace retort::io
