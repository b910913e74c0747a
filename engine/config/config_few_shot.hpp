// Reads `few_shot`. One thread at a time.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/config/config.hpp"
#include "engine/keys/yaml_section.hpp"

namespace retort::engine {

// Of all rows, in their order; what is wrong with one is told where it is used.
result<std::uint64_t> hash_of_rows(const std::vector<std::string>& files);

// Reads the pool's files for their content's hash. Problems go to the section's reading.
std::optional<few_shot_config> read_few_shot(yaml_section& root);

}  // namespace retort::engine
