#include "engine/endpoint/retry.hpp"

#include <algorithm>

namespace retort::engine {

using std::chrono::milliseconds;

milliseconds backoff(std::uint32_t n, std::uint64_t random) {
  const std::uint32_t doublings = std::min(n, 16U);  // beyond any cap, short of an overflow
  const milliseconds bound = std::min(longest_backoff, base_backoff * (1 << doublings));
  const auto steps = static_cast<std::uint64_t>(bound.count()) + 1;
  return milliseconds(static_cast<milliseconds::rep>(random % steps));
}

namespace {

milliseconds with_spread(milliseconds asked, std::uint64_t random) {
  const auto steps = static_cast<std::uint64_t>(asked.count() / 10) + 1;
  return asked + milliseconds(static_cast<milliseconds::rep>(random % steps));
}

}  // namespace

milliseconds delay(std::uint32_t n, std::optional<milliseconds> asked, std::uint64_t random) {
  const milliseconds own = backoff(n, random);
  return asked ? std::max(own, with_spread(*asked, random)) : own;
}

milliseconds free_delay(std::uint32_t n, std::optional<milliseconds> asked, std::uint64_t random) {
  // Up to 8 s of backoff, or of doubled shortest waits 0.8 s: the entrance sees to the pace.
  const std::uint32_t doublings = std::min(n, 4U);
  if (!asked) return backoff(doublings, random);
  return with_spread(std::max(*asked, shortest_wait * (1 << doublings)), random);
}

}  // namespace retort::engine
