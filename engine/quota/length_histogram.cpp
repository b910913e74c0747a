#include "engine/quota/length_histogram.hpp"

#include <algorithm>
#include <cmath>

namespace retort::engine {
namespace {

constexpr double forgetting = 1.001;  // per length
constexpr double largest_unit = 1e9;
constexpr double bins_per_doubling = 8;  // 9 % wide: half of it is the error

std::size_t bin_of(std::int64_t length, std::size_t count) {
  const double at =
      bins_per_doubling * std::log2(static_cast<double>(std::max<std::int64_t>(length, 0)) + 1);
  return std::min(static_cast<std::size_t>(std::lround(at)), count - 1);
}

std::int64_t length_of(std::size_t bin) {
  return std::llround(std::exp2(static_cast<double>(bin) / bins_per_doubling) - 1);
}

}  // namespace

void length_histogram::add(std::int64_t length) {
  const double value = static_cast<double>(std::max<std::int64_t>(length, 0));
  bins_[bin_of(length, bin_count)] += unit_;
  weight_ += unit_;
  sum_ += unit_ * value;
  squares_ += unit_ * value * value;
  unit_ *= forgetting;
  if (unit_ > largest_unit) rescale();
}

void length_histogram::rescale() {
  for (double& one : bins_) one /= unit_;
  weight_ /= unit_;
  sum_ /= unit_;
  squares_ /= unit_;
  unit_ = 1;
}

double length_histogram::deviation() const {
  return std::sqrt(std::max(0.0, squares_ / weight_ - mean() * mean()));
}

double length_histogram::seen() const { return weight_ * forgetting / unit_; }

std::int64_t length_histogram::quantile(double p) const {
  double below = 0;
  for (std::size_t i = 0; i < bin_count; ++i) {
    below += bins_[i];
    if (below >= p * weight_ * (1 - 1e-12) && below > 0) return length_of(i);
  }
  return length_of(bin_count - 1);
}

}  // namespace retort::engine
