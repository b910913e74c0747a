#include "tools/mock/faults/bucket.hpp"

#include <algorithm>
#include <cmath>

namespace retort::mock {
namespace {

// For what only a monstrous quota can need longer.
constexpr double longest_wait_s = 1e9;

double seconds(bucket::duration time) { return std::chrono::duration<double>(time).count(); }

// Rounded up, so that who has waited so long need not wait again.
bucket::duration time_for(double amount, double per_second) {
  const double needed = std::min(amount / per_second, longest_wait_s);
  return bucket::duration(std::llround(std::ceil(needed * 1e9)));
}

}  // namespace

bucket::bucket(double per_minute, double burst_s)
    : per_second_(per_minute / 60), capacity_(per_second_ * burst_s), level_(capacity_) {}

double bucket::level(time_point now) const {
  const double refilled = std::max(0.0, seconds(now - since_)) * per_second_;
  return std::min(capacity_, level_ + refilled);
}

std::optional<bucket::duration> bucket::wait_for(double amount, time_point now) const {
  if (amount > capacity_ + tolerance) return std::nullopt;
  const double missing = amount - level(now);
  return missing <= tolerance ? duration::zero() : time_for(missing, per_second_);
}

bucket::duration bucket::until_full(time_point now) const {
  return time_for(capacity_ - level(now), per_second_);
}

void bucket::take(double amount, time_point now) {
  level_ = level(now) - amount;
  since_ = std::max(since_, now);
}

}  // namespace retort::mock
