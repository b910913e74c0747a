#include "engine/forecast/pilot.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "engine/statistics/t_interval.hpp"

namespace retort::engine {
namespace {

constexpr double z95 = 1.959964;  // 97.5th percentile of the normal distribution

}  // namespace

interval share_interval(std::uint64_t cases, std::uint64_t of) {
  if (of == 0) return {0, 0, 1};
  const auto n = static_cast<double>(of);
  const double share = static_cast<double>(cases) / n;
  const double z2 = z95 * z95;
  const double centre = (share + z2 / (2 * n)) / (1 + z2 / n);
  const double half = z95 / (1 + z2 / n) * std::sqrt(share * (1 - share) / n + z2 / (4 * n * n));
  return {share, std::max(0.0, centre - half), std::min(1.0, centre + half)};
}

void mean_interval::add(double value) {
  ++count_;
  const double before = value - mean_;
  mean_ += before / static_cast<double>(count_);
  squares_ += before * (value - mean_);
}

interval mean_interval::get() const {
  if (count_ < 2) return {mean_, 0, std::numeric_limits<double>::infinity()};
  const auto n = static_cast<double>(count_);
  const double half = student_t(n - 1) * std::sqrt(squares_ / (n - 1) / n);
  return {mean_, std::max(0.0, mean_ - half), mean_ + half};
}

interval operator*(const interval& of, double factor) {
  return {of.value * factor, of.low * factor, of.high * factor};
}

}  // namespace retort::engine
