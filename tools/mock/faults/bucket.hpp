// A token bucket: filled continuously, emptied by what is taken, into debt if need be. Time comes
// as an argument. One thread.
#pragma once

#include <chrono>
#include <optional>

namespace retort::mock {

class bucket {
 public:
  using time_point = std::chrono::steady_clock::time_point;
  using duration = std::chrono::nanoseconds;
  // What is taken are whole numbers: to lack this much is the arithmetic of doubles, no shortage.
  static constexpr double tolerance = 1e-6;

  // Refilled at `per_minute` (above 0) up to `burst_s` seconds' worth of it. Begins full.
  bucket(double per_minute, double burst_s);

  double per_minute() const { return per_second_ * 60; }
  double capacity() const { return capacity_; }
  // Below zero when in debt.
  double level(time_point now) const;
  // How long until there is so much: zero when there is, nothing when there never can be.
  std::optional<duration> wait_for(double amount, time_point now) const;
  duration until_full(time_point now) const;

  void take(double amount, time_point now);

 private:
  double per_second_;
  double capacity_;
  double level_;  // at `since_`
  time_point since_{};
};

}  // namespace retort::mock
