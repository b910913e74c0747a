// A quota that refills steadily: requests or tokens, whatever the owner counts. Refilled lazily, by
// whoever tells it the time; knows no clock. The level may go below zero: a debt, paid off by the
// refill. Not synchronised: one thread.
#pragma once

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdint>

namespace retort::engine {

// The least that a bucket of our own holds, in requests or tokens: one, and a little more, or who
// wakes late for that one would have lost quota.
inline constexpr double least_burst = 1.25;

class token_bucket {
 public:
  using time_point = std::chrono::steady_clock::time_point;

  token_bucket(double per_second, double capacity, double level, time_point now)
      : rate_(per_second), capacity_(capacity), level_(level), filled_until_(now) {}

  // Time that goes back is no time.
  void advance(time_point now) {
    if (now <= filled_until_) return;
    refill(std::chrono::duration<double>(now - filled_until_).count() * rate_);
    filled_until_ = now;
  }

  // As of the last advance().
  bool has(double amount) const { return level_ + tolerance >= amount; }
  double level() const { return level_; }
  double rate() const { return rate_; }  // per second
  double capacity() const { return capacity_; }

  void take(double amount) { level_ -= amount; }
  // What was taken for nothing. It is kept even above the capacity, which only ends the refill:
  // the server never saw it spent.
  void give(double amount) { level_ += amount; }

  // When there will be so much, if nothing is taken until then, rounded up so that who has waited
  // so long need not wait again; time_point::max(): never.
  time_point when(double amount) const {
    if (has(amount)) return filled_until_;
    const double seconds = (amount - level_) / rate_;
    if (amount > capacity_ + tolerance || !(seconds < longest_wait_s)) return time_point::max();
    return filled_until_ + std::chrono::nanoseconds(std::llround(std::ceil(seconds * 1e9)));
  }

  // From the last advance() on.
  void set_rate(double per_second) { rate_ = per_second; }
  void set_capacity(double most) { capacity_ = most; }
  void set_level(double level) { level_ = level; }

 private:
  // A wait is rounded to nanoseconds and a level is a double: 0.9999999 of a request is one.
  static constexpr double tolerance = 1e-6;
  static constexpr double longest_wait_s = 1e9;

  void refill(double amount) {
    if (level_ < capacity_) level_ = std::min(capacity_, level_ + amount);
  }

  double rate_;
  double capacity_;
  double level_;
  time_point filled_until_;
};

}  // namespace retort::engine
