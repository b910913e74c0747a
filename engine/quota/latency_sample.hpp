// The latencies of requests that began after a given moment. Pure; one thread.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>

namespace retort::engine {

// Who looks at those that are back after some time sees too many short ones: a request that takes l
// was only back by then if it began early enough. Its weight is therefore 1 / (1 - l / time), here
// as a series of three terms, since that needs sums only.
class latency_sample {
 public:
  using time_point = std::chrono::steady_clock::time_point;

  void add(time_point began, time_point ended, std::uint32_t in_flight) {
    if (count_ == 0 || began < first_) first_ = began;
    const double latency = std::chrono::duration<double>(ended - began).count();
    last_ = ended;
    ++count_;
    sum_s_ += latency;
    squares_ += latency * latency;
    cubes_ += latency * latency * latency;
    in_flight_ += in_flight;
  }

  double count() const { return count_; }
  double seconds() const { return std::chrono::duration<double>(last_ - first_).count(); }
  double mean_in_flight() const { return in_flight_ / count_; }

  // In seconds; of at least one.
  double mean() const {
    const double whole = std::max(seconds(), 1e-9);
    const double weights = count_ + (sum_s_ + squares_ / whole) / whole;
    return (sum_s_ + (squares_ + cubes_ / whole) / whole) / weights;
  }

 private:
  time_point first_{}, last_{};
  double count_ = 0, sum_s_ = 0, squares_ = 0, cubes_ = 0, in_flight_ = 0;
};

}  // namespace retort::engine
