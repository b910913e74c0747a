// What a benchmark is asked for. Plain values; any thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/measure/load_level.hpp"
#include "engine/measure/slo.hpp"
#include "engine/measure/trial_window.hpp"
#include "engine/witness/audit.hpp"
#include "engine/workload/workload.hpp"

namespace retort::engine {

// How many tokens: normal about a mean, at least 1.
struct length_rule {
  double mean = 0, deviation = 0;
};

struct bench_options {
  std::vector<load_level> loads;  // not empty
  bool searches = false;          // for the highest that keeps the SLOs, from the first to the last
  std::optional<std::uint64_t> requests;             // of each trial; unset: see extent_of()
  std::optional<std::chrono::nanoseconds> duration;  // instead of that
  std::optional<std::uint64_t> warm_up, cool_down;   // unset: see there, too
  std::uint64_t runs = 1;
  std::vector<slo> slos;
  std::uint64_t seed = 1;   // of order, lengths and schedule
  std::uint64_t nonce = 0;  // of made-up words: another each time, so that no server knows them
  bool streams = true;
  std::optional<length_rule> input, output;  // synthetic prompts; unset input: the config's own
  workload asked;
  std::uint64_t most_in_flight = 0;  // 0: as many as there are descriptors for
  std::uint64_t loops = 0;           // that carry requests; 0: as many as help
  bool audits = false;               // whether a prompt that is asked again is answered faster
  std::optional<reference_run> reference;  // as long as whose answers are to be
  bool watches_server = true;              // its own metrics, where it has any
  std::string server_metrics;              // where they are; "": /metrics of the endpoint's server
  std::string each_file;                   // CSV, a line a request; "" is none
};

// errc::usage: what does not go together, in one line.
result<void> check(const bench_options& options);

// How many of them the loads need, where nobody said: one for each 1,000 requests in flight of the
// highest load, or 10,000 a second of the highest open one, and no more than there are cores. What
// an open one has in flight is estimated by the time of an answer (Little).
std::uint64_t loops_of(const bench_options& options, std::uint64_t cores,
                       std::chrono::nanoseconds answer);

// Where it is not told: ten times the load is measured, and at least as many requests as the SLOs'
// percentiles need, or a p90; the load once is warm-up, and cool-down. Of a trace all is
// measured; of sessions the load is all of their turns.
trial_extent extent_of(const bench_options& options, const load_level& load);

}  // namespace retort::engine
