// The mean of a few independent runs, and the interval that holds the true one in 95 of 100 cases,
// by Student's t. Pure; any thread.
#pragma once

#include <optional>
#include <span>

namespace retort::engine {

struct t_interval {
  double mean = 0, low = 0, high = 0;
};

// Nothing of fewer than two values: one tells nothing of how they scatter.
std::optional<t_interval> t_interval_of(std::span<const double> values);

// What is passed to either side in one case of twenty. The freedom is over 0, and need be no whole
// number.
double student_t(double freedom);

}  // namespace retort::engine
