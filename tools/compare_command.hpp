// `retort compare`: runs and their variants side by side.
#pragma once

#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace retort::engine {
struct comparison;
}

namespace retort::tools {

struct compare_flags {
  std::vector<std::string> runs;
  bool json = false;
};

void add_compare_flags(CLI::App& app, compare_flags& flags);

// Returns the exit status.
int compare_command(const compare_flags& flags);

// What it prints. Pure.
std::string comparison_text(const engine::comparison& of);
std::string comparison_json(const engine::comparison& of);

}  // namespace retort::tools
