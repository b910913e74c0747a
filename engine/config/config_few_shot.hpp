// Reads `few_shot`. One thread at a time.
#pragma once

#include <optional>

#include "engine/config/config.hpp"
#include "engine/keys/yaml_section.hpp"

namespace retort::engine {

// Reads the pool's files for their content's hash. Problems go to the section's reading.
std::optional<few_shot_config> read_few_shot(yaml_section& root);

}  // namespace retort::engine
