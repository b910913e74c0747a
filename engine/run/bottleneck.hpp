// Why am I slow? The share of a run's time that each thing held it back. Pure; one thread.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>

namespace retort::engine {

// What the next request waits for.
enum class bound_by {
  request_quota,
  token_quota,
  concurrency,  // that somebody stated
  provider,     // its latency: all it serves well is in flight, or all there is
  pause,        // after a storm of 429s, or for what is overloaded or down
  budget,
  cpu,
  disk,
  dataset,
};
inline constexpr std::size_t bound_by_count = 9;

// "token quota"
std::string_view name(bound_by what);

class bottleneck {
 public:
  using time_point = std::chrono::steady_clock::time_point;

  // Since the last call it was this; the first call only begins.
  void at(time_point now, bound_by what);

  // Of all the time so far, 0 to 1; 0 before any has passed.
  double share(bound_by what) const;
  // "bound by: token quota 83 %, concurrency 12 %, disk 5 %": the most first, nothing below half a
  // per cent; "" before any time has passed.
  std::string summary() const;

 private:
  std::array<double, bound_by_count> seconds_{};
  double all_s_ = 0;
  time_point since_{};
  bool begun_ = false;
};

}  // namespace retort::engine
