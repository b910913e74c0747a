#include "engine/quota/told_quota.hpp"

#include <algorithm>
#include <cmath>

namespace retort::engine {
namespace {

// A look at whether it is whole is worth it for a quota of seconds.
constexpr double longest_look_s = 10;
// Who has the larger part of a quota looks whether it is whole; but at a long window's end all do.
constexpr double least_looking_part = 0.5;
// Of a longer window the resets tell more than its name: whether what is missing comes back bit by
// bit, and then all that is left over may go at once.
constexpr double longest_named_s = 60;
// What is left of a window is told in whole seconds, and what is told is late.
constexpr double shortest_spread_s = 2;
// Who has few records would wait hours for what a longer window has left all the time.
constexpr double longest_spread_s = 60;

// How fast the pace slackens while too little remains, per second, and how far: what was sent comes
// to be charged late, and who brakes hard meanwhile swings to and fro.
constexpr double slackening = 0.03, least_slack = 0.9;
// When most requests are refused somebody else spends the same quota.
constexpr double doubtful = 0.8, least_doubtful = 0.1;
constexpr double tightening = 0.01;

// Of what the server's bucket holds, which may be much less than the limit.
constexpr double margin_of_room = 0.25;

double seconds(std::chrono::duration<double> time) { return time.count(); }

double within(const token_bucket& of, double amount) {
  return std::min(amount, of.capacity() / least_burst);
}

}  // namespace

void told_quota::learn(const providers::quota_reading& told, double outstanding, time_point now) {
  outstanding /= part_;  // everybody's
  told_period::reading as_told;
  as_told.remaining = static_cast<double>(told.remaining.value_or(0));
  if (told.reset) as_told.reset_s = seconds(*told.reset);
  if (told.limit && *told.limit > 0) {
    limit_ = static_cast<double>(*told.limit);
    as_told.limit = limit_;
    const double supposed_s = period_.seconds();
    if (told.period && seconds(*told.period) <= longest_named_s) {
      period_.name(seconds(*told.period));
    }
    if (told.remaining) period_.learn(as_told, outstanding / whole_per_second(), now);
    follow_limit(now);
    // What went to see this is no debt.
    if (period_.seconds() < supposed_s) pace_->set_level(std::max(0.0, pace_->level()));
  }
  whole_at_ = is_worth_a_look(as_told, outstanding) ? now + *told.reset + rounded_down() : never_;
  if (!known() || !told.remaining) return;
  as_told.limit = limit_;
  reserve_ = margin * limit_;
  if (told.reset) {
    const double holds = as_told.remaining + as_told.reset_s * whole_per_second();
    reserve_ = std::min(reserve_, margin_of_room * holds);
  }
  learn_remaining(as_told, outstanding, now);
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

void told_quota::doubt() {
  if (!known()) return;
  surplus_ = 0;
  slack_ = std::max(least_doubtful, slack_ * doubtful);
  period_.doubt();
  set_pace();
}

void told_quota::learn_remaining(const told_period::reading& told, double outstanding,
                                 time_point now) {
  // It was rounded down.
  slacken(told.remaining + 0.5, std::clamp(seconds(now - told_at_), 0.0, 1.0));
  share_ = share_of(told, outstanding);
  remaining_ = told.remaining;
  told_at_ = now;
  set_pace();
  surplus_ = surplus_of(told, outstanding);
}

double told_quota::surplus_of(const told_period::reading& told, double outstanding) const {
  const double saved_up = std::max(0.0, pace_->level()) / part_;
  const double left = told.remaining - outstanding - reserve_ - saved_up;
  return part_ * (may_save_up() ? std::max(0.0, left) : period_.probe(told, left, now_));
}

bool told_quota::is_of_long_window() const {
  return period_.counts_down() && period_.seconds() > longest_spread_s;
}

// What is not spent now is there later.
bool told_quota::may_save_up() const { return period_.is_steady() || is_of_long_window(); }

// Whoever looks at 0 s is refused until the second is over; of a long window it is little.
std::chrono::seconds told_quota::rounded_down() const {
  return std::chrono::seconds(is_of_long_window() ? 1 : 0);
}

void told_quota::slacken(double remaining, double elapsed_s) {
  if (remaining >= reserve_) {
    slack_ = std::min(1.0, slack_ + tightening * elapsed_s);
  } else if (slack_ > least_slack) {
    slack_ -= slackening * elapsed_s * (1 - remaining / reserve_);
  }
}

// Of a window no more than there is: what is not there comes back at its end.
double told_quota::share_of(const told_period::reading& told, double outstanding) const {
  if (!period_.counts_down()) return 1;
  if (told.reset_s < std::max(shortest_spread_s, 20 * outstanding / whole_per_second())) {
    return share_;
  }
  const double left = std::max(0.0, told.remaining - outstanding);
  return std::min(1.0, left / told.reset_s / whole_per_second());
}

// A second's worth may be saved up, so that waking late loses nothing.
void told_quota::set_pace() {
  pace_->set_rate(per_second() * slack_ * share_);
  pace_->set_capacity(std::max(least_burst, per_second()));
  extra_->set_rate(may_save_up() ? part_ * limit_ / std::min(period_.seconds(), 60.0)
                                 : told_period::probing_pace * per_second());
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

bool told_quota::is_worth_a_look(const told_period::reading& told, double outstanding) const {
  const double left = told.remaining - outstanding;
  if (is_of_long_window()) return left < 1 + margin * told.limit;
  if (part_ < least_looking_part) return false;
  if (period_.counts_down() && left < 1) return true;
  if (period_.is_settled() || told.reset_s <= 0 || told.reset_s > longest_look_s) return false;
  // Or the reading is old; unless the limit is so small that there will never be another.
  return outstanding == 0 || outstanding >= told.limit;
}

// A request goes to see whether the quota is whole as was told.
bool told_quota::may_look() const { return whole_at_ <= now_; }

bool told_quota::has(double amount) const {
  return pace_->has(asked(amount)) || has_surplus(amount) || may_look();
}

told_quota::time_point told_quota::when(double amount) const {
  const auto paced = std::min(pace_->when(asked(amount)), whole_at_);
  if (surplus_ < amount) return paced;
  return std::min(paced, extra_->when(within(*extra_, amount)));
}

void told_quota::take(double amount) {
  whole_at_ = never_;
  period_.spent(amount);
  if (pace_->has(asked(amount)) || !has_surplus(amount)) return pace_->take(amount);
  surplus_ -= amount;
  extra_->take(amount);
}

void told_quota::give(double amount) {
  pace_->give(amount);
  period_.spent(-amount);
}

void told_quota::refused(double amount) {
  period_.spent(-amount);
  if (remaining_ > reserve_) pace_->give(amount);
}

}  // namespace retort::engine
