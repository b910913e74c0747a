// Whether a trial's figures are those of the endpoint, or of a client that could not keep up, or of
// the few requests that were answered: VALID, or DEGRADED with every reason. The rules and their
// numbers are told in [metrics.md](metrics.md). Pure; any thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/measure/tally.hpp"

namespace retort::engine {

// What the client saw of itself during a trial.
struct own_conduct {
  log_histogram loop_lag;              // ns that a timer of the loop fired late; of several: the
                                       // worst one's
  std::chrono::nanoseconds cpu{0};     // of the loop's thread; of several: the busiest
  std::chrono::nanoseconds steady{0};  // how long it took, by the monotonic clock
  std::chrono::nanoseconds system{0};  // and by the system's
  std::uint64_t most_in_flight = 0;
  std::uint64_t cap = 0;               // of requests in flight
  std::uint64_t waited_for_place = 0;  // requests that met the cap
  std::uint64_t loops = 1;             // that carried requests
  std::string cut_by;                  // why it ended before its end; "" where it did not

  // What a further loop saw of itself, in the same trial.
  void add_loop(const own_conduct& other);

  double cpu_share() const;    // 1: a whole core
  double clock_drift() const;  // of the system's clock against the monotonic one, 0.001: 0.1 %
};

// More than one in a hundred requests failed, or answers had no content: the endpoint's doing.
bool has_too_few_answers(const tally& measured);
// Empty: VALID.
std::vector<std::string> reasons_against(const tally& measured, const own_conduct& conduct);

}  // namespace retort::engine
