// `retort run`: its flags, and the run itself with the mocks that its config embeds.
#pragma once

#include <string>
#include <vector>

#include "engine/config.hpp"
#include "engine/run.hpp"

namespace CLI {
class App;
}

namespace retort::tools {

struct run_flags {
  std::string config;
  std::vector<std::string> sets;  // "a.b=value"
  std::string output, format, only_correct;
  std::string min_length, max_length, limit;
  bool fresh = false, json = false, plain = false, help_config = false;
};

void add_run_flags(CLI::App& app, run_flags& flags);

// Returns the exit status.
int run_command(const run_flags& flags);

}  // namespace retort::tools
