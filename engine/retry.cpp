#include "engine/retry.hpp"

#include <algorithm>

namespace retort::engine {

using std::chrono::milliseconds;

milliseconds backoff(std::uint32_t n, std::uint64_t random) {
  const std::uint32_t doublings = std::min(n, 16U);  // beyond any cap, short of an overflow
  const milliseconds bound = std::min(longest_backoff, base_backoff * (1 << doublings));
  const auto steps = static_cast<std::uint64_t>(bound.count()) + 1;
  return milliseconds(static_cast<milliseconds::rep>(random % steps));
}

std::optional<milliseconds> next_delay(const providers::failure& failure,
                                       std::uint32_t attempts_made, std::uint32_t max_attempts,
                                       std::uint64_t random) {
  if (!providers::is_transient(failure.kind) || attempts_made >= max_attempts) return std::nullopt;
  const milliseconds own = backoff(std::max(attempts_made, 1U) - 1, random);
  if (!failure.retry_after) return own;
  const milliseconds asked = *failure.retry_after;
  const milliseconds spread = asked / 10;
  return std::max(own, asked + milliseconds(static_cast<milliseconds::rep>(
                                   random % static_cast<std::uint64_t>(spread.count() + 1))));
}

}  // namespace retort::engine
