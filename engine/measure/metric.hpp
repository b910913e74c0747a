// What is measured of a request: each metric's name, as options, tables and results have it, and
// its meaning ([the page](metrics.md)). All are times, in nanoseconds here. Any thread.
#pragma once

#include <array>
#include <optional>
#include <string_view>
#include <vector>

namespace retort::engine {

enum class metric {
  ttft,                // first content, reasoning included, minus written
  ttfot,               // first visible content minus written
  icl,                 // between two content chunks, every one: so many values a request
  tpot,                // (e2e - ttft) / (output tokens - 1)
  ntpot,               // e2e / output tokens
  e2e,                 // last content (of an answer that is no stream: byte) minus written
  ttft_from_schedule,  // as ttft and e2e, but from the time that the schedule had for it: what a
  e2e_from_schedule,   // user of an open loop waits. A closed loop has none
  schedule_lag,        // taken up minus scheduled: our own lateness
  wait_for_place,      // sent off minus taken up, where the requests in flight are capped
  first_byte,          // first byte of the response minus written
  dns,
  tcp,
  tls,  // of requests that opened a connection
};
inline constexpr std::size_t metric_count = 14;

struct metric_name {
  metric what;
  std::string_view name, meaning;
};
const std::array<metric_name, metric_count>& metrics();

std::string_view name(metric what);
std::optional<metric> find_metric(std::string_view name);
std::vector<std::string_view> metric_names();

// The shares that are stated of each, and what they are called: "p99.9".
struct stated_share {
  double share;
  std::string_view name;
};
inline constexpr std::array<stated_share, 6> stated_shares{{{0.5, "p50"},
                                                            {0.9, "p90"},
                                                            {0.95, "p95"},
                                                            {0.99, "p99"},
                                                            {0.999, "p99.9"},
                                                            {0.9999, "p99.99"}}};

}  // namespace retort::engine
