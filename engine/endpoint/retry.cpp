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

milliseconds delay(std::uint32_t n, std::optional<milliseconds> asked, std::uint64_t random) {
  const milliseconds own = backoff(n, random);
  if (!asked) return own;
  const milliseconds spread = *asked / 10;
  return std::max(own, *asked + milliseconds(static_cast<milliseconds::rep>(
                                    random % static_cast<std::uint64_t>(spread.count() + 1))));
}

}  // namespace retort::engine
