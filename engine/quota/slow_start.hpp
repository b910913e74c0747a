// How many may be in flight to an endpoint that has not said yet what it bears: with the first
// answer come the headers that tell its quota, and whoever sends hundreds before that is refused
// most of them. Pure; one thread.
#pragma once

#include <cstdint>
#include <limits>

namespace retort::engine {

// Few at first. An answer that tells of a quota ends it: that quota sets the pace. One that tells
// nothing doubles it, so that a server without such headers is held up for one latency, not more.
class slow_start {
  static constexpr std::uint32_t enough = 4096;

 public:
  static constexpr std::uint32_t first = 4;
  // From here on it is the concurrency that was stated, or is tried out, that bounds.
  static constexpr std::uint32_t no_bound = std::numeric_limits<std::uint32_t>::max();

  std::uint32_t most() const { return most_; }
  bool is_over() const { return most_ == no_bound; }
  void answered() { most_ = most_ > enough ? no_bound : 2 * most_; }
  void end() { most_ = no_bound; }

 private:
  std::uint32_t most_ = first;
};

}  // namespace retort::engine
