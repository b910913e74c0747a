// Reads `models`: the endpoints, their keys' whereabouts and their limits. One thread at a time.
#pragma once

#include <vector>

#include "engine/config/config.hpp"
#include "engine/keys/yaml_section.hpp"

namespace retort::engine {

// Problems go to the section's reading, as everywhere; no key and no password is ever in them.
std::vector<model_config> read_models(yaml_section& root);
// The one model of a judge: it takes neither `endpoints` nor `mode`.
model_config read_judge_model(yaml_section section);

}  // namespace retort::engine
