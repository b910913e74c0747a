// A benchmark's results as JSON: [the schema](results.md), versioned. Pure; any thread.
#pragma once

#include <string>
#include <string_view>

#include "engine/bench/bench.hpp"

namespace retort::engine {

// Of every version: how one is known.
inline constexpr std::string_view bench_json_begin = R"({"schema":"retort.bench",)";

std::string bench_json(const bench_result& result, const bench_options& options);

}  // namespace retort::engine
