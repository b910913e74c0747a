// From the first samples of a run to the whole of it: shares and means with intervals. Pure; any
// thread.
#pragma once

#include <cstdint>

namespace retort::engine {

// A value with the interval that holds the true one in 95 of 100 cases.
struct interval {
  double value = 0, low = 0, high = 0;
};

// A share of `of` cases (Wilson's score interval, which holds for few cases and for shares of 0 and
// 1 as well). 0 to 1 when there were none.
interval share_interval(std::uint64_t cases, std::uint64_t of);

// The mean of what was added, none of it below 0, by Student's t. One value tells nothing of how
// others scatter: the true mean may be anything then.
class mean_interval {
 public:
  void add(double value);
  std::uint64_t count() const { return count_; }
  interval get() const;

 private:
  std::uint64_t count_ = 0;
  double mean_ = 0, squares_ = 0;  // Welford's
};

interval operator*(const interval& of, double factor);

}  // namespace retort::engine
