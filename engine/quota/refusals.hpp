// Tells a storm of refusals from the odd one. Pure; one thread.
#pragma once

#include <chrono>

namespace retort::engine {

// The share of the recent answers that were refusals, and when that share makes an episode. The
// answers to what was sent before an episode was noticed belong to it and cannot start another.
class refusals {
 public:
  using time_point = std::chrono::steady_clock::time_point;

  // `tolerated`: share of refusals, 0 to 1, above which it is an episode.
  explicit refusals(double tolerated) : tolerated_(tolerated) {}

  double share() const { return share_; }

  void accepted(time_point began) { count(began, 0); }

  // True: an episode starts here.
  bool refused(time_point began, time_point now) {
    count(began, 1);
    if (share_ <= tolerated_) return false;
    share_ = tolerated_ / 2;  // sooner noticed if it goes on
    noticed_ = now;
    return true;
  }

  // Whether the answer to what was sent then belongs to the episode last noticed.
  bool is_old(time_point began) const { return began < noticed_; }

 private:
  static constexpr double memory = 32;  // answers

  void count(time_point began, double was_refused) {
    if (!is_old(began)) share_ += (was_refused - share_) / memory;
  }

  double tolerated_;
  double share_ = 0;
  time_point noticed_ = time_point::min();
};

}  // namespace retort::engine
