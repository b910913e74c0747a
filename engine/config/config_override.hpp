// Sets one value in a config's tree before it is read, as `--set a.b=value` asks. Pure; any thread.
#pragma once

#include "engine/config/config.hpp"
#include "engine/keys/yaml_tree.hpp"
#include "io/base/error.hpp"

namespace retort::engine {

// Maps that are missing on the way are made; elements of a list must be there. Whether the keys
// exist is for the reading to say. errc::usage, beginning with the override's origin.
result<void> apply_override(yaml_node& root, const override_value& change);

}  // namespace retort::engine
