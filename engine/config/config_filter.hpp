// Reads `filter`. One thread at a time.
#pragma once

#include "engine/config/config.hpp"
#include "engine/keys/yaml_section.hpp"

namespace retort::engine {

// `read` has what else the config says by then: samples and evaluators. Problems go to the
// section's reading.
filter_config read_filter(yaml_section section, const config& read);

}  // namespace retort::engine
