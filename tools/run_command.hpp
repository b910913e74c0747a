// `retort run`: its flags, and the run itself with the mocks that its config embeds.
#pragma once

#include <string>
#include <vector>

#include "engine/config/config.hpp"
#include "engine/run/run.hpp"

namespace CLI {
class App;
}

namespace retort::tools {

struct run_flags {
  std::string config;
  std::vector<std::string> sets;  // "a.b=value"
  std::string output, format, only_correct;
  std::string metrics;
  std::string shard;
  std::string min_length, max_length, limit;
  bool fresh = false, json = false, plain = false, help_config = false;
};

// The flags that change the config, and all of them.
void add_config_flags(CLI::App& app, run_flags& flags);
void add_run_flags(CLI::App& app, run_flags& flags);

// What the flags change in a config. errc::usage for a --set without "=".
result<std::vector<engine::override_value>> overrides_of(const run_flags& flags);
// The config with what the flags change in it.
result<engine::config> load(const run_flags& flags);

// Says on standard error why nothing is done. Returns the exit status.
int refuse(const std::string& why);
// The same for what may pass by itself: 75.
int refuse(const error& why);
// The status of a command that is done when what it said has arrived: 2, and why, where standard
// output took it not.
int told(int status);

// Returns the exit status.
int run_command(const run_flags& flags);

}  // namespace retort::tools
