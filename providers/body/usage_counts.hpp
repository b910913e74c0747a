// Counts of tokens, put together. -1 stands for one that was not told. Pure; any thread.
#pragma once

#include <algorithm>
#include <cstdint>
#include <initializer_list>

#include "providers/body/types.hpp"

namespace retort::providers {

// What is told again in the course of a stream: counts only grow, and an event that leaves one out,
// or has 0 in its place, takes none back.
inline void take_counts(usage& into, const usage& told) {
  into.input = std::max(into.input, told.input);
  into.cached = std::max(into.cached, told.cached);
  into.output = std::max(into.output, told.output);
  into.reasoning = std::max(into.reasoning, told.reasoning);
  into.cache_written = std::max(into.cache_written, told.cache_written);
}

// The sum of those that were told, itself at most `most_tokens`.
inline std::int64_t sum_of_tokens(std::initializer_list<std::int64_t> counts) {
  std::int64_t sum = 0;
  for (const std::int64_t each : counts) {
    sum = std::min(sum + std::clamp<std::int64_t>(each, 0, most_tokens), most_tokens);
  }
  return sum;
}

}  // namespace retort::providers
