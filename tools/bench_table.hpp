// A benchmark as a person reads it. Pure; any thread.
#pragma once

#include <string>

#include "engine/bench/bench.hpp"

namespace retort::tools {

// A line for each trial, then the metrics of each; the notes and reasons.
std::string bench_table(const engine::bench_result& result, const engine::bench_options& options);

}  // namespace retort::tools
