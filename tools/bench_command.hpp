// `retort bench`: the benchmark that its flags ask for, and what it came to.
#pragma once

#include "tools/bench_flags.hpp"

namespace retort::tools {

// Returns the exit status.
int bench_command(const bench_flags& flags);

}  // namespace retort::tools
