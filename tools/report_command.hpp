// `retort report`: what a run came to, as one HTML page.
#pragma once

#include <string>

namespace CLI {
class App;
}

namespace retort::tools {

struct report_flags {
  std::string run, output;
};

void add_report_flags(CLI::App& app, report_flags& flags);

// Returns the exit status.
int report_command(const report_flags& flags);

}  // namespace retort::tools
