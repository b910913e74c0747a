#include "engine/measure/rate_course.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace retort::engine {
namespace {

// When a rate that begins so and rises so steeply has brought so many: of the quadratic's roots the
// one that stays exact where it hardly rises.
double time_of_line(double rate, double slope, double count) {
  if (count <= 0) return 0;
  return 2 * count / (rate + std::sqrt(std::max(0.0, rate * rate + 2 * slope * count)));
}

}  // namespace

rate_course::rate_course(double rate, const std::optional<rate_ramp>& ramp,
                         const std::optional<rate_burst>& burst)
    : rate_(rate), ramp_(ramp), burst_(burst), is_ramping_(ramp.has_value()) {}

double rate_course::end_of_stretch() const {
  const double period = static_cast<double>(stretch_ / 2) * burst_->period_s;
  const bool is_burst = stretch_ % 2 == 1;
  return period + burst_->period_s - (is_burst ? 0 : burst_->length_s);
}

double rate_course::end_of_part() const {
  const double ramp = is_ramping_ ? ramp_->over_s : std::numeric_limits<double>::infinity();
  return burst_ ? std::min(ramp, end_of_stretch()) : ramp;
}

double rate_course::rate_of_part(double at) const {
  double rate = rate_;
  if (ramp_) rate = ramp_->to;
  if (is_ramping_) rate = rate_ + (ramp_->to - rate_) * at / ramp_->over_s;
  return burst_ && stretch_ % 2 == 1 ? rate * burst_->factor : rate;
}

// Both may bend at once.
void rate_course::pass_part(double end) {
  begin_ = end;
  if (burst_ && end >= end_of_stretch()) ++stretch_;
  if (is_ramping_ && end >= ramp_->over_s) is_ramping_ = false;
}

double rate_course::time_of(double due) {
  for (;;) {
    const double end = end_of_part();
    const double first = rate_of_part(begin_);
    const bool is_last = std::isinf(end);
    const double length = end - begin_;
    const double slope = is_last ? 0 : (rate_of_part(end) - first) / length;
    const double whole = length * (first + (is_last ? first : rate_of_part(end))) / 2;
    if (is_last || due - due_ < whole) return begin_ + time_of_line(first, slope, due - due_);
    due_ += whole;
    pass_part(end);
  }
}

}  // namespace retort::engine
