// A benchmark's results as JSON: [the schema](results.md), versioned. Pure; any thread.
#pragma once

#include <string>

#include "engine/bench/bench.hpp"

namespace retort::engine {

inline constexpr int bench_schema_version = 1;

std::string bench_json(const bench_result& result, const bench_options& options);

}  // namespace retort::engine
