// A result file of whichever tool it is: the tool is known by the members that only it has. Reads
// a file; any thread.
#pragma once

#include <string>

#include "engine/contrast/measured_load.hpp"
#include "io/base/error.hpp"

namespace retort::engine {

// Of `retort bench --json`: written, and read.
inline constexpr int bench_schema_version = 1;

// errc::unreadable; errc::usage: no JSON, no tool's that is known, a later version of ours, or
// nothing in it was measured.
result<benchmark_file> read_result_file(const std::string& path);

}  // namespace retort::engine
