// A quota as the server tells of it in its headers. Pure; one thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

#include "engine/quota/token_bucket.hpp"
#include "providers/failure/rate_limits.hpp"

namespace retort::engine {

// The server's bucket cannot be mirrored exactly: some charge when a request comes, some when its
// answer goes, some in between what max_tokens allows, and nobody says how much may be saved up. So
// the limit sets the pace (limit / period, settled with what was really used), and what is said to
// remain corrects it:
// - what is left over, even if all that is under way has still to be charged, may be spent besides,
//   at up to a limit a minute: what goes at once is charged by estimates, and those may be young.
//   Not before the resets show that the quota refills steadily: of a fixed window's quota all that
//   is sent early is missing later;
// - a limit is a minute's unless its name, or what is seen to refill, says otherwise: one that is
//   always whole again within a second or a few is theirs. To see that, one request may go each
//   time that the quota is said to be whole, and is made up for by the pace;
// - while less than `margin` of the limit is left the pace slackens, until there is that much
// again.
class told_quota {
 public:
  using time_point = token_bucket::time_point;

  static constexpr double margin = 0.01;  // of the limit; less where the server's bucket is small

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
  void give(double amount) { pace_->give(amount); }
  // What a refused request had reserved. It was not charged, but if the quota was used up the
  // refusal says that we thought there was more than there is.
  void refused(double amount);
  double per_second() const { return limit_ / period_s_; }

 private:
  static constexpr time_point never_ = time_point::max();

  struct reading {
    double remaining = 0, reset_s = 0;
  };

  void follow_limit(time_point now);
  void learn_period(const providers::quota_reading& told);
  void learn_short_period(const providers::quota_reading& told, time_point now);
  bool may_look() const;
  void vote_for(double period_s);
  bool refills_steadily() const;
  void learn_remaining(double remaining, double outstanding, time_point now);
  void slacken(double remaining, double elapsed_s);
  void set_pace();
  double asked(double amount) const;
  bool has_surplus(double amount) const;

  std::optional<token_bucket> pace_;
  double limit_ = 0;
  double period_s_ = 60;  // what providers mean unless they say otherwise
  double supposed_s_ = 60;
  int agreeing_ = 0;  // readings in a row that suppose the same period
  reading first_;
  // Of all readings, for a period of seconds: how soon it is always whole, and how much was used.
  time_point watched_from_{};
  int watched_ = 0;
  double longest_reset_s_ = 0, most_remaining_ = 0, least_remaining_ = 0;
  bool knows_period_ = false;          // by its name, or because it cannot be that short
  time_point whole_at_ = never_;       // as last told, until a request has gone to see
  double surplus_ = 0;                 // may be spent besides the pace
  std::optional<token_bucket> extra_;  // its pace
  double slack_ = 1;                   // of the pace, 0 to 1
  double remaining_ = 0;               // as last told
  double reserve_ = 0;                 // what shall remain
  time_point told_at_{}, now_{};
};

}  // namespace retort::engine
