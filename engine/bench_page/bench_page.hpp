// A benchmark as one HTML page that needs nothing else: no network, no script. Latency and
// throughput against load with the knee, how times are spread, what went on when, and what speaks
// against the figures. Pure; any thread.
#pragma once

#include <string>
#include <string_view>

#include "engine/bench/bench.hpp"

namespace retort::engine {

// What the file begins with, by which a later one knows that it may take its place.
inline constexpr std::string_view bench_page_mark =
    "<!DOCTYPE html>\n<!-- a benchmark by retort -->\n";

std::string bench_page(const bench_result& result, const bench_options& options);

}  // namespace retort::engine
