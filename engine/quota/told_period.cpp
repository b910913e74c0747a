#include "engine/quota/told_period.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

namespace retort::engine {
namespace {

constexpr std::array periods_s{1.0,   2.0,   5.0,   10.0,   15.0,   30.0,    60.0,
                               120.0, 300.0, 600.0, 1800.0, 3600.0, 21600.0, 86400.0};
// Those that a steady refill may be known by: the others are too close to one another.
constexpr std::array usual_s{1.0, 10.0, 60.0, 3600.0, 86400.0};
constexpr double longest_s = periods_s.back();

constexpr double a_seventh = 1.0 / 7;

// Readings in a row before a period is believed: a reset may mean something else (a fixed window's
// end), but then it varies.
constexpr int needed_agreement = 3;
// Between two readings, or their rounding says more than the quota.
constexpr double least_difference = 8;

// Of periods that are found out by the quota's being whole again.
constexpr double longest_short_s = 10;
constexpr double least_watch_s = 2;
// The end of a window, told in whole seconds.
constexpr double rounding_s = 1;

double in_seconds(std::chrono::duration<double> time) { return time.count(); }

// The period within a seventh of what a whole limit takes to fill; 0: none.
double usual_period(double whole_s) {
  for (const double one : usual_s) {
    if (std::abs(whole_s - one) < one * a_seventh) return one;
  }
  return 0;
}

// The least that is as long, or a seventh shorter: what is seen is never exact.
double period_of(double least_s) {
  for (const double one : periods_s) {
    if (one * (1 + a_seventh) >= least_s) return one;
  }
  return longest_s;
}

// Of a bucket that holds the limit: what it takes to fill.
double whole_s(const told_period::reading& told) {
  return told.reset_s * told.limit / std::max(1.0, told.limit - told.remaining);
}

}  // namespace

void told_period::name(double seconds) {
  period_s_ = seconds;
  named_ = settled_ = true;
}

void told_period::doubt() {
  if (period_s_ < 60) period_s_ = 60;
  settled_ = true;
  agreeing_ = -needed_agreement;
}

bool told_period::is_steady() const { return supposed_s_ > 0 && agreeing_ >= needed_agreement; }

void told_period::learn(const reading& told, double lag_s, time_point now) {
  if (named_ || told.reset_s <= 0) return;
  vote(told);
  follow_clock(told, now);
  lengthen(told);
  watch(told, lag_s, now);
}

// "60 of 60 left" and "0 of 60 left, whole in 1 s" may be said by a bucket that holds one: only how
// the time until it is whole grows with what is missing tells how fast it fills.
void told_period::vote(const reading& told) {
  const double fewer = first_.remaining - told.remaining;
  const double longer = told.reset_s - first_.reset_s;
  const bool is_first = first_.reset_s == 0;
  if (!is_first && std::abs(fewer) < least_difference) return;
  first_ = told;
  if (is_first || settled_) return;
  const double period = usual_period(longer / fewer * told.limit);
  agreeing_ = period > 0 && period == supposed_s_ ? agreeing_ + 1 : 1;
  supposed_s_ = period;
  if (is_steady()) period_s_ = supposed_s_;
}

// Whatever is used, a window ends when it ends; a bucket is whole the later.
void told_period::follow_clock(const reading& told, time_point now) {
  const auto end = now + std::chrono::duration_cast<time_point::duration>(
                             std::chrono::duration<double>(told.reset_s));
  const bool same = end_ && std::abs(in_seconds(end - *end_)) <= rounding_s;
  if (!same) {
    end_ = end;
    left_then_ = told.remaining;
    counts_down_ = false;
  } else if ((left_then_ - told.remaining) * told.reset_s > 2 * rounding_s * told.limit) {
    counts_down_ = true;
  }
}

void told_period::lengthen(const reading& told) {
  if (told.reset_s <= period_s_ * 1.05 + rounding_s) return;
  const bool may_be_debt = told.remaining < 1 && largest_ > 1;
  if (may_be_debt) return;
  if (!counts_down_ && whole_s(told) > longest_s * (1 + a_seventh)) return;
  period_s_ = std::max(period_s_, period_of(told.reset_s));
  settled_ = false;
}

void told_period::watch(const reading& told, double lag_s, time_point now) {
  if (is_settled() || period_s_ <= periods_s.front()) return;
  if (watched_++ == 0) {
    watched_from_ = now;
    first_remaining_ = most_remaining_ = least_remaining_ = told.remaining;
    longest_reset_s_ = spent_ = 0;
  }
  longest_reset_s_ = std::max(longest_reset_s_, told.reset_s);
  most_remaining_ = std::max(most_remaining_, told.remaining);
  least_remaining_ = std::min(least_remaining_, told.remaining);
  const double watched_s = in_seconds(now - watched_from_);
  const double needed_s =
      std::max({least_watch_s, needed_agreement * longest_reset_s_, needed_agreement * lag_s});
  if (watched_ > needed_agreement && watched_s >= needed_s) shorten(told, watched_s, now);
}

// Within the longest reset.
double told_period::refilled(double limit) const {
  const double used = most_remaining_ - least_remaining_;
  // In whole seconds, something is always missing: this request's own, at least.
  if (longest_reset_s_ >= rounding_s) return used + 1;
  return used >= std::min(least_difference, limit / 2) ? used : 0;
}

// A fixed window's resets grow as long as the window in three times that time, so what was watched
// for that long is no window's end.
void told_period::shorten(const reading& told, double watched_s, time_point now) {
  constexpr double never = std::numeric_limits<double>::infinity();
  if (told.limit * longest_reset_s_ <= longest_short_s * refilled(told.limit)) {
    period_s_ = period_of(longest_reset_s_);
    settled_ = true;
    return;
  }
  const double refills =
      refilled(told.limit) > 0 ? told.limit * longest_reset_s_ / refilled(told.limit) : never;
  const double kept_up = spent_ - std::max(0.0, first_remaining_ - told.remaining);
  const double lasts = kept_up > 0 ? told.limit * watched_s / kept_up : never;
  const double shorter = period_of(std::max(std::min(refills, lasts), longest_reset_s_));
  const bool is_shorter = shorter < period_s_;
  if (!is_shorter && probed_) return;
  if (is_shorter) period_s_ = shorter;
  probed_ = true;
  probe_end_ = now + (now - watched_from_);
  watched_ = 0;
}

double told_period::probe(const reading& told, double left, time_point now) const {
  if (is_settled() || !probed_ || now >= probe_end_) return 0;
  return std::max(0.0, std::min(left / 2, left - told.limit / period_s_ * told.reset_s));
}

}  // namespace retort::engine
