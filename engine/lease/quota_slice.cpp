#include "engine/lease/quota_slice.hpp"

#include <algorithm>
#include <cmath>

namespace retort::engine {
namespace {

// A wait is rounded to nanoseconds and an amount is a double.
constexpr double rounding = 1e-6;
// Before the next question there is an answer, and all that was dealt has been let go.
constexpr double released_within_s = 0.8;
// A second's worth of its own, and that much room, as a stated quota's bucket has.
constexpr double least_room = 1.25;
// Use varies from one question to the next; and what is used no more is soon forgotten.
constexpr double spare = 1.5, fading = 0.5, nothing = 0.05;
// Who waits asks for more than it ever gets.
constexpr double wanted_s = 2;

}  // namespace

double quota_slice::most_at_hand() const { return std::max(least_room, own_rate_); }

// Cut off, what is larger than a second's worth goes once that is there, and leaves a debt.
double quota_slice::asked(double amount) const {
  return own_rate_ > 0 ? std::min(amount, most_at_hand() / least_room) : amount;
}

void quota_slice::advance(time_point now) {
  if (now <= filled_until_) return;
  const double passed_s = std::chrono::duration<double>(now - filled_until_).count();
  filled_until_ = now;
  const double released = std::min(stock_, passed_s * release_rate_);
  stock_ -= released;
  level_ += released;
  if (own_rate_ > 0 && level_ < most_at_hand()) {
    level_ = std::min(most_at_hand(), level_ + passed_s * own_rate_);
  }
}

bool quota_slice::has(double amount) {
  if (level_ + rounding >= asked(amount)) return true;
  needed_ = amount;
  return false;
}

quota_slice::time_point quota_slice::when(double amount) const {
  const double missing = asked(amount) - level_;
  const bool comes = missing <= rounding || own_rate_ > 0 || stock_ + rounding >= missing;
  if (!comes) return time_point::max();
  const double seconds = missing / (own_rate_ > 0 ? own_rate_ : release_rate_);
  if (!(seconds > 0)) return filled_until_;
  return filled_until_ +
         std::chrono::nanoseconds(std::llround(std::ceil(std::min(seconds, 1e9) * 1e9)));
}

void quota_slice::take(double amount) {
  level_ -= amount;
  used_ += amount;
  last_ = amount;
}

void quota_slice::give(double amount) {
  level_ += amount;
  used_ -= amount;
}

quota_slice::question quota_slice::ask(bool waits) {
  use_ = std::max(used_, fading * use_);
  if (use_ < nothing * last_) use_ = 0;
  used_ = 0;
  const double at_hand = level_ + stock_;
  question out;
  out.least = std::max(needed_ > 0 ? needed_ : last_, rounding) + std::max(0.0, -at_hand);
  if (needed_ > 0) {
    out.want = out.least + wanted_s * limit_;
    return out;
  }
  const double wanted = waits ? std::max(last_, spare * use_) : spare * use_;
  out.want = std::max(0.0, wanted - at_hand);
  if (waits) return out;
  out.back = std::max(0.0, at_hand - wanted);
  const double of_stock = std::min(stock_, out.back);
  stock_ -= of_stock;
  level_ -= out.back - of_stock;
  return out;
}

void quota_slice::deal(double amount) {
  stock_ += amount;
  const double at_once = std::clamp(needed_ - level_, 0.0, stock_);
  level_ += at_once;
  stock_ -= at_once;
  release_rate_ = stock_ / released_within_s;
  needed_ = 0;
}

void quota_slice::lapse() {
  stock_ = 0;
  level_ = std::min(level_, 0.0);
}

void quota_slice::fall_back(double per_second) { own_rate_ = per_second; }

}  // namespace retort::engine
