// A benchmark's figures against load, for each endpoint. Pure; any thread.
#pragma once

#include <string>

#include "engine/bench/bench.hpp"

namespace retort::engine {

// "" where no endpoint has two loads of one kind. Repeated runs are one point, at their mean.
std::string load_charts(const bench_result& result);

// "concurrency 16": of the endpoint's loads the knee (measure/knee.hpp); "" where there is none.
std::string knee_text(const bench_result& result, std::size_t place);

}  // namespace retort::engine
