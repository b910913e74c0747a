// The manual page, made of the command line and the table of the config's keys: `retort man | man
// -l -`.
#pragma once

#include <string>

namespace CLI {
class App;
}

namespace retort::tools {

// As troff reads it, with the man macros.
std::string manual_page(const CLI::App& app);

}  // namespace retort::tools
