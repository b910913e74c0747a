// A quota as the server tells of it in its headers. Pure; one thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

#include "engine/quota/token_bucket.hpp"
#include "engine/quota/told_period.hpp"
#include "providers/failure/rate_limits.hpp"

namespace retort::engine {

// The server's bucket cannot be mirrored exactly: some charge when a request comes, some when its
// answer goes, some in between what max_tokens allows, and nobody says how much may be saved up. So
// the limit sets the pace (limit / period, settled with what was really used), and what is said to
// remain corrects it:
// - what is left over, even if all that is under way has still to be charged, may be spent besides,
//   at up to a limit a minute: what goes at once is charged by estimates, and those may be young.
//   Not before the resets show that the quota refills steadily, or is that of a window over a
//   minute, which a run of few records need not be spread over: of a minute's all that is sent
//   early is missing a moment later;
// - what period the limit is for is found out (told_period.hpp). To see a quota of seconds refill,
//   one request may go each time that it is said to be whole, and is made up for by the pace;
// - of a window what is left is spread over what is left of it, and at its end one request looks
//   whether all is there again;
// - while less than `margin` of the limit is left the pace slackens, until there is that much
// again.
// The server tells of the whole account. Who has a part of it only (limits_config::share) takes
// that part of the pace and of what is left over, supposes that the others have as much under way
// for theirs, and leaves out what only one can try: to look whether a quota is whole.
class told_quota {
 public:
  using time_point = token_bucket::time_point;

  static constexpr double margin = 0.01;  // of the limit; less where the server's bucket is small

  // Above 0, at most 1.
  void set_part(double part) { part_ = part; }

  bool known() const { return pace_.has_value(); }

  // `outstanding`: what may be missing from the reading, i.e. reserved by all that was under way
  // when the request that brought the reading began, or that was sent after it.
  void learn(const providers::quota_reading& told, double outstanding, time_point now);
  // Most requests are refused: nothing is left over, and the period is not that short.
  void doubt();

  // The rest is for a known quota only; has() and when() are as of the last advance().
  void advance(time_point now);
  bool has(double amount) const;
  time_point when(double amount) const;
  void take(double amount);
  void give(double amount);
  // What a refused request had reserved. It was not charged, but if the quota was used up the
  // refusal says that we thought there was more than there is.
  void refused(double amount);
  // Of the whole account, as the headers have it now: less while too little remains.
  double account_pace() const { return whole_per_second() * slack_ * share_; }
  double per_second() const { return part_ * whole_per_second(); }

 private:
  static constexpr time_point never_ = time_point::max();

  double whole_per_second() const { return limit_ / period_.seconds(); }
  void follow_limit(time_point now);
  double share_of(const told_period::reading& told, double outstanding) const;
  bool is_worth_a_look(const told_period::reading& told, double outstanding) const;
  bool may_look() const;
  bool is_of_long_window() const;
  bool may_save_up() const;
  std::chrono::seconds rounded_down() const;
  double surplus_of(const told_period::reading& told, double outstanding) const;
  void learn_remaining(const told_period::reading& told, double outstanding, time_point now);
  void slacken(double remaining, double elapsed_s);
  void set_pace();
  double asked(double amount) const;
  bool has_surplus(double amount) const;

  double part_ = 1;
  std::optional<token_bucket> pace_;
  double limit_ = 0;
  told_period period_;
  time_point whole_at_ = never_;       // as last told, until a request has gone to see
  double surplus_ = 0;                 // may be spent besides the pace
  std::optional<token_bucket> extra_;  // its pace
  double slack_ = 1, share_ = 1;       // of the pace, 0 to 1
  double remaining_ = 0;               // as last told
  double reserve_ = 0;                 // what shall remain
  time_point told_at_{}, now_{};
};

}  // namespace retort::engine
