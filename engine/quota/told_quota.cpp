#include "engine/quota/told_quota.hpp"

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

// Of periods that are found out by the quota's being whole again.
constexpr double longest_short_s = 10;

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
    if (told.period) period_s_ = seconds(*told.period);
    knows_period_ |= told.period.has_value();
    learn_period(told);
    learn_short_period(told, now);
    follow_limit(now);
  }
  const bool worth_a_look = told.reset && outstanding == 0 && seconds(*told.reset) >= 1 &&
                            seconds(*told.reset) <= longest_short_s;
  whole_at_ = worth_a_look ? now + *told.reset : never_;
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

// Whatever was used is there again within the longest reset that was ever told. If that is faster
// than a minute's quota refills, the period is as short as that; a fixed window's resets grow as
// long as the window in three times that time.
void told_quota::learn_short_period(const providers::quota_reading& told, time_point now) {
  if (knows_period_ || !told.reset || !told.remaining) return;
  const double remaining = static_cast<double>(*told.remaining), reset = seconds(*told.reset);
  if (watched_++ == 0) watched_from_ = now, most_remaining_ = least_remaining_ = remaining;
  longest_reset_s_ = std::max(longest_reset_s_, reset);
  most_remaining_ = std::max(most_remaining_, remaining);
  least_remaining_ = std::min(least_remaining_, remaining);
  const bool is_enough = watched_ > needed_agreement &&
                         seconds(now - watched_from_) >= needed_agreement * longest_reset_s_;
  const double used = most_remaining_ - least_remaining_;
  // In whole seconds, something is always missing: this request's own, at least.
  const double refilled = longest_reset_s_ >= 1 ? used + 1 : used >= least_difference ? used : 0;
  const bool is_short = limit_ * longest_reset_s_ <= longest_short_s * refilled;
  if (!is_enough || !is_short || refills_steadily()) return;
  period_s_ = std::max(periods_s.front(), longest_reset_s_);
  knows_period_ = true;
  if (pace_) pace_->set_level(0);  // what went to see this is no debt
}

void told_quota::vote_for(double period_s) {
  if (knows_period_) return;
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
  knows_period_ = true;
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
  now_ = std::max(now_, now);
  pace_->advance(now);
  extra_->advance(now);
}

bool told_quota::has_surplus(double amount) const {
  return surplus_ >= amount && extra_->has(within(*extra_, amount));
}

// A request goes to see whether the quota is whole as was told.
bool told_quota::may_look() const { return !knows_period_ && whole_at_ <= now_; }

bool told_quota::has(double amount) const {
  return pace_->has(asked(amount)) || has_surplus(amount) || may_look();
}

told_quota::time_point told_quota::when(double amount) const {
  const auto paced = std::min(pace_->when(asked(amount)), knows_period_ ? never_ : whole_at_);
  if (surplus_ < amount) return paced;
  return std::min(paced, extra_->when(within(*extra_, amount)));
}

void told_quota::take(double amount) {
  whole_at_ = never_;
  if (pace_->has(asked(amount)) || !has_surplus(amount)) return pace_->take(amount);
  surplus_ -= amount;
  extra_->take(amount);
}

void told_quota::refused(double amount) {
  if (remaining_ > reserve_) pace_->give(amount);
}

}  // namespace retort::engine
