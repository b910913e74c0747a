// `retort bench --calibrate`: what the client itself adds to what it measures, and how far it
// reaches, against the mock on loopback: below these figures a benchmark says nothing of an
// endpoint.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/bench/trial.hpp"

namespace retort::tools {

// Over plain connections, or under TLS. Times in milliseconds; nothing where there was none.
struct calibrated_side {
  std::string_view name;                                       // "plain", "tls"
  std::optional<double> ttft_p50, ttft_p99, e2e_p50, e2e_p99;  // one request after the other
  double lag_rate = 0;                                         // of the open loop
  std::optional<double> lag_p50, lag_p99, loop_lag_p99;
  std::optional<double> highest_rate;        // requests a second
  std::optional<double> cpu_us_per_request;  // of the client's thread, at that rate
  double cpu_share = 0;                      // of its core, then
};

// Pure. The three trials of a side, in that order: one after the other, by a schedule, as fast as
// may be.
calibrated_side side_of(std::string_view name, const std::vector<engine::trial_result>& trials);
std::string calibration_text(const std::vector<calibrated_side>& sides);
std::string calibration_json(const std::vector<calibrated_side>& sides);

inline constexpr std::string_view calibration_json_begin =
    R"({"schema":"retort.bench.calibration",)";

}  // namespace retort::tools
