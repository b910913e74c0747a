// `retort status`: the shards of a run, how far each is.
#pragma once

#include <string>

namespace CLI {
class App;
}

namespace retort::tools {

struct status_flags {
  std::string run;
  bool json = false, once = false;
};

void add_status_flags(CLI::App& app, status_flags& flags);

// Returns the exit status.
int status_command(const status_flags& flags);

}  // namespace retort::tools
