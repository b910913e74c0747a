// From what was seen of an endpoint to the `limits:` of a config ([how](limit_search.md)). Pure;
// any thread.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "providers/failure/rate_limits.hpp"

namespace retort::engine {

// A closed loop's.
struct tried_level {
  std::uint64_t concurrency = 0;
  double per_s = 0;      // requests that were answered
  double latency_s = 0;  // of one, in the mean
};

// All the time of it there were refusals: what was admitted is what the quota gives.
struct refusal_window {
  double seconds = 0;
  std::uint64_t admitted = 0;
  double tokens = 0;  // of those, prompts and answers
};

struct seen_limits {
  providers::rate_limits told;
  // The periods that no header names; nothing: no reset says other than a minute.
  std::array<std::optional<std::chrono::seconds>, providers::quota_count> by_resets;
  std::vector<tried_level> levels;       // without refusals, by rising concurrency
  std::optional<double> latency_s;       // of the first request
  std::optional<refusal_window> first;   // with the prompts asked for
  std::optional<refusal_window> longer;  // with prompts of several times as many tokens
  bool has_refused = false;
  std::string ended;  // one line: what did so before it was done, as the spend or failures
};

struct found_limit {
  std::string key;  // "rpm"
  double value = 0;
  std::string how;
};

// The least concurrency that has 95 % of the highest rate.
std::optional<found_limit> best_concurrency(const std::vector<tried_level>& levels);
std::vector<found_limit> deduced(const seen_limits& seen);

// The YAML block, indented as in an entry of models:, each line with how it was found; "" of
// nothing.
std::string limits_block(const std::vector<found_limit>& found);

}  // namespace retort::engine
