// How fast something was used of late. Pure; one thread.
#pragma once

#include <chrono>
#include <cmath>

namespace retort::engine {

// What was used, fading: after `memory_s` seconds a third of it counts.
class recent_use {
 public:
  using time_point = std::chrono::steady_clock::time_point;

  static constexpr double memory_s = 10;

  void add(double amount, time_point now) {
    fade(now);
    used_ += amount;
  }

  double per_second(time_point now) {
    fade(now);
    return used_ / memory_s;
  }

 private:
  void fade(time_point now) {
    if (now <= at_) return;
    used_ *= std::exp(-std::chrono::duration<double>(now - at_).count() / memory_s);
    at_ = now;
  }

  double used_ = 0;
  time_point at_{};
};

}  // namespace retort::engine
