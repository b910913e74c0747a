// Which requests of a trial are measured: those behind the warm-up, so many of them or those that
// begin within a time; and how many follow, so that the last measured ones meet the same load.
// Pure; one thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

namespace retort::engine {

struct trial_extent {
  std::uint64_t warm_up = 0;   // requests
  std::uint64_t requests = 0;  // measured; unless a duration is given
  std::optional<std::chrono::nanoseconds> duration = {};
  std::uint64_t cool_down = 0;  // requests
};

enum class trial_part { warm_up, measured, cool_down, over };

class trial_window {
 public:
  using stamp = std::chrono::steady_clock::time_point;
  explicit trial_window(const trial_extent& extent) : extent_(extent) {}

  // Of the next request, which goes out (a schedule: is to go out) at that time. Never goes back.
  trial_part next(stamp at);
  std::uint64_t asked() const { return number_; }  // requests there were
  bool is_closed() const { return closed_; }
  void close() { closed_ = true; }  // whatever comes is over

 private:
  bool is_measured(stamp at) const;

  trial_extent extent_;
  std::uint64_t number_ = 0, measured_ = 0, cooled_ = 0;
  std::optional<stamp> begin_;
  bool closed_ = false;
};

}  // namespace retort::engine
