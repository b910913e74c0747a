// `retort inspect`: a run's samples read one by one, and marked.
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace retort::tools {

struct inspect_flags {
  std::string run;
  std::string verdict, reason, step, id, text;
  std::optional<unsigned> variant;
  std::vector<std::string> scores;
};

void add_inspect_flags(CLI::App& app, inspect_flags& flags);

// Returns the exit status.
int inspect_command(const inspect_flags& flags);

}  // namespace retort::tools
