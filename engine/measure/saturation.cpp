#include "engine/measure/saturation.hpp"

#include <algorithm>
#include <cmath>

namespace retort::engine {
namespace {

constexpr std::uint64_t least_points = 64;
constexpr double least_rise = 0.75, least_correlation = 0.75;

bool rises(const trend& of) {
  return of.count() >= least_points && of.rise() >= least_rise &&
         of.correlation() >= least_correlation;
}

}  // namespace

// Welford's way, for two.
void trend::add(double at, double value) {
  first_ = count_ == 0 ? at : std::min(first_, at);
  last_ = count_ == 0 ? at : std::max(last_, at);
  ++count_;
  const auto n = static_cast<double>(count_);
  const double at_before = at - mean_at_, value_before = value - mean_value_;
  mean_at_ += at_before / n;
  mean_value_ += value_before / n;
  spread_at_ += at_before * (at - mean_at_);
  spread_value_ += value_before * (value - mean_value_);
  together_ += at_before * (value - mean_value_);
}

double trend::rise() const {
  if (spread_at_ <= 0 || mean_value_ <= 0) return 0;
  return together_ / spread_at_ * (last_ - first_) / mean_value_;
}

double trend::correlation() const {
  if (spread_at_ <= 0 || spread_value_ <= 0) return 0;
  return together_ / std::sqrt(spread_at_ * spread_value_);
}

bool is_over_saturated(const trend& under_way, const trend& first_content) {
  return rises(under_way) && rises(first_content);
}

}  // namespace retort::engine
