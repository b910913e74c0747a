// What one says to `retort bench` of what its requests are and how their rate changes. Pure, but
// for a trace that is read.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "engine/bench/bench_options.hpp"
#include "io/base/error.hpp"

namespace CLI {
class App;
}

namespace retort::tools {

struct load_flags {
  std::string ramp, burst;
  double shared_prefix = 0, cancel = 0;
  bool cache_bust = false;
  std::string trace, trace_speed;  // "": once
  std::uint64_t trace_block = 512;
  std::string turns;         // "": one
  std::string think_time;    // "": none
  std::string cancel_after;  // "": after a second
};

// Behind --rate, --concurrency, --duration and --search.
void add_load_flags(CLI::App& app, load_flags& flags);

// The ramp's first rate and what it becomes. errc::usage, as all of these.
struct told_ramp {
  double from = 1;
  engine::rate_ramp to;
};
result<told_ramp> ramp_of(const load_flags& flags, double duration_s);
result<std::optional<engine::rate_burst>> burst_of(const load_flags& flags);
// Reads the trace and gives `options` its lengths; nothing where there is none.
result<void> add_trace(const load_flags& flags, engine::bench_options& options);
// `options` have their lengths already.
result<void> add_workload(const load_flags& flags, engine::bench_options& options);

}  // namespace retort::tools
