#include "engine/told_quota.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace retort::engine {
namespace {

constexpr std::array periods_s{1.0, 60.0, 3600.0, 86400.0};

// Readings in a row before a period is believed: a reset may mean something else (a fixed window's
// end), but then it varies.
constexpr int needed_agreement = 3;
// Between two readings, or their rounding says more than the quota.
constexpr double least_difference = 8;

// How fast the pace slackens while too little remains, per second, and how far: what was sent comes
// to be charged late, and who brakes hard meanwhile swings to and fro.
constexpr double slackening = 0.03, least_slack = 0.9;
// When most requests are refused somebody else spends the same quota.
constexpr double doubtful = 0.8, least_doubtful = 0.1;
constexpr double tightening = 0.01;

// Of what the server's bucket holds, which may be much less than the limit.
constexpr double margin_of_room = 0.25;

double seconds(std::chrono::duration<double> time) { return time.count(); }

// The period within a seventh of what a whole limit takes to fill; 0: none.
double nearest_period(double whole_s) {
  for (const double one : periods_s) {
    if (std::abs(whole_s - one) < one / 7) return one;
  }
  return 0;
}

double within(const token_bucket& of, double amount) {
  return std::min(amount, of.capacity() / least_burst);
}

}  // namespace

void told_quota::learn(const providers::quota_reading& told, double outstanding, time_point now) {
  if (told.limit && *told.limit > 0) {
    limit_ = static_cast<double>(*told.limit);
    learn_period(told);
    follow_limit(now);
  }
  if (!known() || !told.remaining) return;
  const double remaining = static_cast<double>(*told.remaining);
  reserve_ = margin * limit_;
  if (told.reset) {
    const double holds = remaining + seconds(*told.reset) * per_second();
    reserve_ = std::min(reserve_, margin_of_room * holds);
  }
  learn_remaining(remaining, outstanding, now);
}

void told_quota::follow_limit(time_point now) {
  if (!known()) {
    pace_.emplace(per_second(), least_burst, 0, now);
    extra_.emplace(per_second(), least_burst, 0, now);
    told_at_ = now;
  }
  advance(now);
  set_pace();
}

// "60 of 60 left" and "0 of 60 left, whole in 1 s" may be said by a bucket that holds one: only how
// the time until it is whole grows with what is missing tells how fast it fills.
void told_quota::learn_period(const providers::quota_reading& told) {
  if (!told.reset || !told.remaining) return;
  const reading latest{static_cast<double>(*told.remaining), seconds(*told.reset)};
  const double fewer = first_.remaining - latest.remaining;
  const double longer = latest.reset_s - first_.reset_s;
  if (first_.reset_s > 0 && std::abs(fewer) < least_difference) return;
  if (first_.reset_s > 0) vote_for(nearest_period(longer / fewer * limit_));
  first_ = latest;
}

void told_quota::vote_for(double period_s) {
  agreeing_ = period_s > 0 && period_s == supposed_s_ ? agreeing_ + 1 : 1;
  supposed_s_ = period_s;
  if (refills_steadily()) period_s_ = supposed_s_;
}

bool told_quota::refills_steadily() const {
  return supposed_s_ > 0 && agreeing_ >= needed_agreement;
}

void told_quota::doubt() {
  if (!known()) return;
  surplus_ = 0;
  slack_ = std::max(least_doubtful, slack_ * doubtful);
  if (period_s_ < 60) period_s_ = 60;
  agreeing_ = -needed_agreement;
  set_pace();
}

void told_quota::learn_remaining(double remaining, double outstanding, time_point now) {
  slacken(remaining + 0.5, std::clamp(seconds(now - told_at_), 0.0, 1.0));  // it was rounded down
  remaining_ = remaining;
  told_at_ = now;
  set_pace();
  const double left = remaining - outstanding - reserve_ - std::max(0.0, pace_->level());
  surplus_ = refills_steadily() ? std::max(0.0, left) : 0;
}

void told_quota::slacken(double remaining, double elapsed_s) {
  if (remaining >= reserve_) {
    slack_ = std::min(1.0, slack_ + tightening * elapsed_s);
  } else if (slack_ > least_slack) {
    slack_ -= slackening * elapsed_s * (1 - remaining / reserve_);
  }
}

// A second's worth may be saved up, so that waking late loses nothing.
void told_quota::set_pace() {
  pace_->set_rate(per_second() * slack_);
  pace_->set_capacity(std::max(least_burst, per_second()));
  extra_->set_rate(limit_ / std::min(period_s_, 60.0));
  extra_->set_capacity(std::max(least_burst, extra_->rate()));
}

// What is larger than a second's worth goes once that is there, and leaves a debt.
double told_quota::asked(double amount) const { return within(*pace_, amount); }

void told_quota::advance(time_point now) {
  pace_->advance(now);
  extra_->advance(now);
}

bool told_quota::has_surplus(double amount) const {
  return surplus_ >= amount && extra_->has(within(*extra_, amount));
}

bool told_quota::has(double amount) const {
  return pace_->has(asked(amount)) || has_surplus(amount);
}

told_quota::time_point told_quota::when(double amount) const {
  const auto paced = pace_->when(asked(amount));
  if (surplus_ < amount) return paced;
  return std::min(paced, extra_->when(within(*extra_, amount)));
}

void told_quota::take(double amount) {
  if (pace_->has(asked(amount)) || !has_surplus(amount)) return pace_->take(amount);
  surplus_ -= amount;
  extra_->take(amount);
}

void told_quota::refused(double amount) {
  if (remaining_ > reserve_) pace_->give(amount);
}

}  // namespace retort::engine
