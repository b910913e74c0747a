// `retort runs`: the runs below a directory.
#pragma once

#include <string>

namespace CLI {
class App;
}

namespace retort::tools {

struct runs_flags {
  std::string directory = "runs";
  bool json = false;
};

void add_runs_flags(CLI::App& app, runs_flags& flags);

// Returns the exit status.
int runs_command(const runs_flags& flags);

}  // namespace retort::tools
