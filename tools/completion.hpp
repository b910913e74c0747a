// Completion for shells, made of the command line itself, so that it never goes stale: commands,
// their options, files where an option or a command takes some, and the config's keys behind --set.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace CLI {
class App;
}

namespace retort::tools {

inline const std::vector<std::string> shells{"bash", "zsh", "fish"};

// What `retort completion SHELL` prints. `shell` is one of `shells`.
std::string completion_script(const CLI::App& app, std::string_view shell);

}  // namespace retort::tools
