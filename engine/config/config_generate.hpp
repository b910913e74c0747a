// Reads `dataset.generate` and `dataset.sample`. One thread at a time.
#pragma once

#include <optional>

#include "engine/config/config.hpp"
#include "engine/keys/yaml_section.hpp"

namespace retort::engine {

// Problems go to the section's reading. Files are only named here: who opens the dataset reads
// them.
std::optional<generate_config> read_generate(yaml_section& dataset);

}  // namespace retort::engine
