// `retort export`: what a ledger holds, evaluated, filtered and formatted anew.
#pragma once

#include "tools/run_command.hpp"

namespace retort::tools {

struct export_flags {
  run_flags run;  // those that change the config
  bool diff = false;
};

void add_export_flags(CLI::App& app, export_flags& flags);

// Returns the exit status.
int export_command(const export_flags& flags);

}  // namespace retort::tools
