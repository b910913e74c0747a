// What a benchmark came to: whether anything was measured, what is certain, and the exit status.
// Pure; any thread.
#pragma once

#include <string>
#include <vector>

#include "engine/bench/bench.hpp"

namespace retort::engine {

// One line, where no request of the trial has what is measured (all failed, all empty, none came as
// a stream); "" where one has.
std::string why_nothing(const trial_result& of, bool streams);

// Of an over-saturated trial: why its throughput is too low, where what its warm-up left behind is
// over a tenth of what was measured; "" else.
std::string why_backlogged(const trial_result& of);

// Whether the trial may be the client's and not the endpoint's. That too many requests failed
// or came to nothing is the endpoint's.
bool is_in_doubt(const trial_result& of, const std::vector<slo>& slos);

// The status and its reason, where nothing (a signal) has settled them before. An SLO that no load
// keeps goes before DEGRADED, or that would hide it.
void settle(bench_result& of, const bench_options& options);

}  // namespace retort::engine
