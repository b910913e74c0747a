// Templates that say the same for every record: allowed, and hardly ever meant. Pure; any thread.
#pragma once

#include <string>
#include <vector>

#include "engine/config/config.hpp"

namespace retort::engine {

// A line for the prompt when none of its templates has a tag, and one for such a reference.
std::vector<std::string> warn_of_constant_templates(const config& run);

}  // namespace retort::engine
