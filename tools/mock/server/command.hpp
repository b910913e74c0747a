// `retort mock`: the mock provider as a process of its own.
#pragma once

#include "tools/mock/faults/options.hpp"

namespace retort::mock {

// Says on standard output where it listens, serves until SIGINT or SIGTERM, then prints the
// counters as JSON. Returns the exit status: 0, or 2 when it could not start (the reason is on
// standard error). Call it from the main thread, before there are others.
int run_mock_command(const options& chosen);

}  // namespace retort::mock
