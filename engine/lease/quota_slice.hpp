// What one process holds of a quota that it shares with others: amounts that were dealt to it, to
// be used soon. Pure; one thread.
#pragma once

#include <chrono>

namespace retort::engine {

// What was dealt is let go bit by bit, so that nobody sends a second's worth at once; what somebody
// waits for goes as soon as it is there. Cut off from who deals (fall_back()), it refills by itself
// at a rate that is given, and forgets what was dealt. The level may go below zero: more was used
// than was expected, and that is asked for the next time.
class quota_slice {
 public:
  using time_point = std::chrono::steady_clock::time_point;

  // `limit`: of the whole quota, per second.
  quota_slice(double limit, time_point now) : limit_(limit), filled_until_(now) {}

  // Towards the gate.
  void advance(time_point now);
  bool has(double amount);  // as of the last advance(); what it has not is waited for
  // time_point::max(): when more was dealt.
  time_point when(double amount) const;
  void take(double amount);
  void give(double amount);                          // what was taken for nothing
  void refused(double amount) { give(amount / 2); }  // as stated_quota has it
  double per_second() const { return limit_; }

  // Towards who deals. What is sent back is gone with the question, whatever becomes of that.
  struct question {
    double want = 0, least = 1;  // `least`: for the next request
    double back = 0;
  };
  // `waits`: somebody does, for this or for another quota of the same account.
  question ask(bool waits);
  void deal(double amount);
  bool waits() const { return needed_ > 0; }
  bool is_dry() const { return level_ + stock_ < needed_; }

  double limit() const { return limit_; }
  void set_limit(double per_second) { limit_ = per_second; }
  void lapse();  // what was dealt long ago is nobody's
  void fall_back(double per_second);
  void come_back() { own_rate_ = 0; }

 private:
  double asked(double amount) const;
  double most_at_hand() const;

  double limit_;
  double level_ = 0;  // may be used now
  double stock_ = 0;  // is let go at release_rate_
  double release_rate_ = 0;
  double own_rate_ = 0;  // above 0: cut off
  double needed_ = 0;    // by who waits; 0: nobody did since the last question
  double last_ = 1;      // that was taken
  double used_ = 0;      // since the last question
  double use_ = 0;       // from one question to the next, about
  time_point filled_until_;
};

}  // namespace retort::engine
