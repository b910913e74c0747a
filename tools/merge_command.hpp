// `retort merge`: the shards of a run as one run.
#pragma once

#include <string>
#include <vector>

#include "tools/run_command.hpp"

namespace retort::tools {

struct merge_flags {
  std::string run;  // its directory, its name below runs/, or its config
  std::vector<std::string> sets;
  bool allow_missing = false, allow_overlap = false;
};

void add_merge_flags(CLI::App& app, merge_flags& flags);

// Returns the exit status.
int merge_command(const merge_flags& flags);

}  // namespace retort::tools
