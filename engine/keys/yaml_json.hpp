// A part of a config that goes on as JSON: a schema, a list of tools, members of a body. Pure; any
// thread.
#pragma once

#include <optional>
#include <string>

#include "engine/keys/yaml_tree.hpp"

namespace retort::engine {

// The tree as compact JSON. A word that is a number, true, false or null in JSON is that; anything
// else, and whatever was quoted, is text. (YAML's other spellings, such as yes and 0x10, are text.)
std::string to_json(const yaml_node& node);

// JSON text without its white space; nothing when it is not JSON.
std::optional<std::string> compact_json(const std::string& text);

}  // namespace retort::engine
