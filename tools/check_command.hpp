// `retort check`: what a run would be, without sending anything; with --pilot N its first N records
// are sent, kept, and extrapolated from.
#pragma once

#include <cstdint>

#include "tools/run_command.hpp"

namespace retort::tools {

struct check_flags {
  run_flags run;
  std::uint64_t pilot = 0;
};

void add_check_flags(CLI::App& app, check_flags& flags);

// Returns the exit status.
int check_command(const check_flags& flags);

}  // namespace retort::tools
