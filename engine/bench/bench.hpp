// A benchmark: every load, at every endpoint of the config, so often; the endpoints take turns, so
// that what drifts with time drifts for all. Blocks until it is over. The calling thread is the
// loop's.
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "engine/bench/bench_options.hpp"
#include "engine/bench/prompt_supply.hpp"
#include "engine/bench/trial.hpp"
#include "engine/config/config.hpp"
#include "engine/endpoint/endpoint.hpp"
#include "engine/witness/trial_progress.hpp"
#include "io/base/error.hpp"

namespace retort::engine {

// The exit statuses of `retort bench`.
enum class bench_status {
  valid = 0,
  nothing_measured = 1,  // the endpoints answer only errors, nothing, or no stream where one is
                         // asked for
  bad_input = 2,         // nothing was sent, or an output cannot be written
  degraded = 3,          // measured, but a figure may be the client's own, or too many failed
  slo_missed = 4,        // no load is certain to keep every SLO, VALID or not
  cut_short = 75,        // by a signal
};

// What a search found at an endpoint.
struct highest_load {
  std::string endpoint, model;
  std::size_t place = 0;           // of the endpoint
  std::optional<load_level> load;  // nothing: not even the lowest keeps every SLO for certain
  bool certain = true;             // false: by trials that stayed DEGRADED when made again
};

struct bench_result {
  bench_status status = bench_status::valid;
  std::string reason;              // in a line, where the status has one
  std::vector<std::string> notes;  // what a reader of the figures must know
  std::vector<trial_result> trials;
  std::vector<highest_load> highest;
  std::vector<audit> audits;
  std::optional<record_sessions> sessions;  // where they are the dataset's own conversations
};

struct bench_events {
  std::function<void(const std::string& line)> say;
  std::function<void(const trial_result&)> done;
  std::function<void(const trial_progress&)> progress;  // so often while a trial runs
  std::chrono::milliseconds interval{1000};
};

// errc::usage and the like: nothing was sent. What was measured before an endpoint failed is in the
// result.
result<bench_result> bench(const config& what, const bench_options& options,
                           const std::map<std::size_t, embedded_provider>& embedded,
                           const bench_events& events);

}  // namespace retort::engine
