#include "engine/quota/recent_lengths.hpp"

#include <algorithm>
#include <cmath>

namespace retort::engine {
namespace {

constexpr double forgetting = 1.001;  // per length
constexpr double largest_unit = 1e9;

}  // namespace

void recent_lengths::add(std::int64_t length) {
  const double value = static_cast<double>(std::max<std::int64_t>(length, 0));
  weight_ += unit_;
  sum_ += unit_ * value;
  squares_ += unit_ * value * value;
  unit_ *= forgetting;
  if (unit_ > largest_unit) rescale();
}

void recent_lengths::rescale() {
  weight_ /= unit_;
  sum_ /= unit_;
  squares_ /= unit_;
  unit_ = 1;
}

double recent_lengths::deviation() const {
  return std::sqrt(std::max(0.0, squares_ / weight_ - mean() * mean()));
}

double recent_lengths::seen() const { return weight_ * forgetting / unit_; }

}  // namespace retort::engine
