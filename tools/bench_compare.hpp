// `retort bench --compare A B`: two benchmarks side by side, whichever tools they are of.
#pragma once

#include <string>

#include "engine/contrast/contrast.hpp"
#include "tools/bench_flags.hpp"

namespace retort::tools {

// Pure; any thread.
std::string contrast_text(const engine::contrast& of, const engine::benchmark_file& first,
                          const engine::benchmark_file& other);
std::string contrast_json(const engine::contrast& of, const engine::benchmark_file& first,
                          const engine::benchmark_file& other);

inline constexpr std::string_view contrast_json_begin = R"({"schema":"retort.bench.compare",)";

// Returns the exit status: 0; 2, what is no benchmark or unlike the other; 4, a stated limit is
// exceeded.
int compare_benchmarks(const bench_flags& flags);

}  // namespace retort::tools
