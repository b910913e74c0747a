// Whether an endpoint was asked what it is meant to be asked (MLPerf's audits): a prompt asked
// again must not be over 10 % faster, or the figures are those of a cache; answers must be within
// 10 % as long as a reference run's, or they are those of a shorter task. Pure; any thread.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/measure/tally.hpp"
#include "io/base/error.hpp"

namespace retort::engine {

inline constexpr double most_apart = 0.1;

enum class audit_result { passed, failed, untold };
std::string_view name(audit_result);

struct audit {
  std::string endpoint;
  std::string_view what;  // "repeats"
  audit_result came_to = audit_result::untold;
  std::string line;  // what was seen
};

// The median of ttft, or, without streams, of the time of a token (ntpot). It fails where the other
// prompts' is over 10 % more than what the repeated one's is at most, at 99 % confidence.
audit audit_repeats(const tally& others, const tally& repeated, bool streams);

// The tokens of an answer by a reference run: `retort bench --json`, or what another tool wrote.
struct reference_run {
  std::string path;
  double output_tokens = 0;  // the mean of its loads
};
result<reference_run> read_reference(const std::string& path);

// Why a trial's answers are none of the reference's length; "" where they are, or no endpoint
// tells.
std::string lengths_apart(const tally& seen, const reference_run& reference);

}  // namespace retort::engine
