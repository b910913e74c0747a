// How many may be in flight to an endpoint that has not said yet what it bears: with the first
// answer come the headers that tell its quota, and whoever sends hundreds before that is refused
// most of them. Pure; one thread.
#pragma once

#include <algorithm>
#include <cstdint>

#include "engine/quota/concurrency_limit.hpp"

namespace retort::engine {

// Few at first. An answer that tells of a quota ends it: that quota sets the pace. One that tells
// nothing doubles it, so that a server without such headers is held up for one latency, not more.
class slow_start {
 public:
  static constexpr std::uint32_t first = 4;

  std::uint32_t most() const { return most_; }
  bool is_over() const { return most_ >= most_concurrency; }
  void answered() { most_ = std::min(2 * most_, most_concurrency); }
  void end() { most_ = most_concurrency; }

 private:
  std::uint32_t most_ = first;
};

}  // namespace retort::engine
