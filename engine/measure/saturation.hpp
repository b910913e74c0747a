// Whether an open loop asked for more than an endpoint can do: then requests pile up, and who comes
// later waits longer, all along. Two straight lines through the trial tell: requests under way and
// the time to the first content, over the time of day. Plain values; one thread.
#pragma once

#include <cstdint>

namespace retort::engine {

// A straight line through points, by least squares, in constant memory.
class trend {
 public:
  void add(double at, double value);
  std::uint64_t count() const { return count_; }
  // How much the line rises from the first point to the last, as a share of the mean; 0 of too few.
  double rise() const;
  // Of the points with it: 1 where they lie on a rising line, 0 where they have none.
  double correlation() const;

 private:
  std::uint64_t count_ = 0;
  double first_ = 0, last_ = 0;
  double mean_at_ = 0, mean_value_ = 0;
  double spread_at_ = 0, spread_value_ = 0, together_ = 0;
};

// Both rise by three quarters of their mean and more, and keep to their lines. A start that fills
// the endpoint raises the one and not the other.
bool is_over_saturated(const trend& under_way, const trend& first_content);

}  // namespace retort::engine
