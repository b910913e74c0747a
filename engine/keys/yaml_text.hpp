// A tree of plain values as YAML again, for who reads it without the files that it was made of.
// Pure; any thread.
#pragma once

#include <string>

#include "engine/keys/yaml_tree.hpp"

namespace retort::engine {

// parse_yaml() makes the same tree of it, places aside, and but for plain texts that may come back
// as quoted ones: never those that look like a number or another word. One line for each child of a
// map.
std::string to_yaml(const yaml_node& map);

}  // namespace retort::engine
