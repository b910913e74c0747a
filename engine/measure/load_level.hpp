// One load of a benchmark, and its name. Plain values; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "engine/measure/arrivals.hpp"

namespace retort::engine {

// A closed loop keeps so many requests in flight; an open one sends by a schedule, whatever comes
// back.
struct load_level {
  std::uint64_t concurrency = 0;          // 0: an open loop
  std::optional<arrival_rule> rule = {};  // of an open one
  double trace_speed = 0;                 // of a trace: so many times as fast as in its file
  std::uint64_t cap = 0;                  // of an open one's requests in flight, if asked for
  bool is_replay() const { return trace_speed > 0; }
  bool is_open() const { return rule.has_value() || is_replay(); }
  bool is_ramp() const { return rule && rule->ramp; }
  double amount() const {
    if (is_replay()) return trace_speed;
    return rule ? rule->rate : static_cast<double>(concurrency);
  }
};

// "concurrency 16", "10/s poisson", "trace x2, at most 8 in flight, sessions of 3 turns": all that
// makes it another one, as `--compare` reads it (shape_called()).
std::string text_of(const load_level& load, const std::string& sessions = "");

}  // namespace retort::engine
