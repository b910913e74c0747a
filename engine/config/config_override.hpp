// Sets one value in a config's tree before it is read, as `--set a.b=value` asks. Pure; any thread.
#pragma once

#include <string>

#include "engine/config/config.hpp"
#include "engine/keys/yaml_tree.hpp"
#include "io/base/error.hpp"

namespace retort::engine {

// Maps that are missing on the way are made; elements of a list must be there. Whether the keys
// exist is for the reading to say. errc::usage, beginning with the override's origin.
result<void> apply_override(yaml_node& root, const override_value& change);
// The same for a value that is a tree already; `origin` begins the message.
result<void> replace_value(yaml_node& root, const std::string& path, yaml_node value,
                           const std::string& origin);

}  // namespace retort::engine
