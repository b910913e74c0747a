// How long the period is that a told limit is for. Headers seldom say so: "limit 10" is a minute's
// as a rule, and a second's, an hour's or a day's as well. Pure; one thread.
#pragma once

#include <chrono>
#include <optional>

namespace retort::engine {

// It is a minute until the readings say otherwise:
// - where a quota refills steadily, the time until it is whole grows with what is missing;
// - no quota takes longer to be whole than its period, so a longer reset is a longer period's. It
//   must be possible (what is missing comes back within a day) or count down with the clock: some
//   servers tell the same absurd time again and again;
// - what was used is there again within the longest reset that was told. If that is faster than the
//   supposed period allows, the period is shorter;
// - at the pace of a minute nobody would see a second's quota refill faster than that. So once, for
//   each period that was supposed, more may be spent for a moment than its pace (probe()); where
//   the quota keeps up, the period is shorter.
class told_period {
 public:
  using time_point = std::chrono::steady_clock::time_point;

  struct reading {
    double limit = 0, remaining = 0;
    double reset_s = 0;  // 0: not told
  };

  void name(double seconds);  // a header says it
  // `lag_s`: about how long an answer takes.
  void learn(const reading& told, double lag_s, time_point now);
  // At the pace of `seconds()` or besides it; less than 0 for what was not charged after all.
  void spent(double amount) {
    spent_ += amount;
    if (amount > largest_) largest_ = amount;
  }
  // Most requests are refused: it is not that short.
  void doubt();

  double seconds() const { return period_s_; }
  bool is_settled() const { return settled_ || is_steady(); }  // nothing will shorten it any more
  bool is_steady() const;                            // what is missing comes back bit by bit
  bool counts_down() const { return counts_down_; }  // all that is missing comes back at once

  // What may be spent besides the pace to see whether the quota keeps up, of what is left.
  double probe(const reading& told, double left, time_point now) const;
  static constexpr double probing_pace = 3;  // times the pace, besides it

 private:
  void vote(const reading& told);
  void follow_clock(const reading& told, time_point now);
  void lengthen(const reading& told);
  void watch(const reading& told, double lag_s, time_point now);
  void shorten(const reading& told, double watched_s, time_point now);
  double refilled(double limit) const;

  double period_s_ = 60;
  bool named_ = false, settled_ = false;

  double supposed_s_ = 60;
  int agreeing_ = 0;  // readings in a row that suppose the same period
  reading first_;

  std::optional<time_point> end_;  // of the window, as an earlier reading has it
  double left_then_ = 0;
  bool counts_down_ = false;

  // Since the period was last shortened, or a probe began.
  int watched_ = 0;
  time_point watched_from_{};
  double longest_reset_s_ = 0, spent_ = 0;
  double largest_ = 0;  // that was ever spent at once
  double first_remaining_ = 0, most_remaining_ = 0, least_remaining_ = 0;
  bool probed_ = false;
  time_point probe_end_{};
};

}  // namespace retort::engine
