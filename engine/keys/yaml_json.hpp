// A part of a config that goes on as JSON: a schema, a list of tools, members of a body. Pure; any
// thread.
#pragma once

#include <optional>
#include <string>

#include "engine/keys/yaml_tree.hpp"

namespace retort::engine {

// The tree as compact JSON. A word that is a number by YAML 1.2 is one, spelt as it stands where
// that is JSON (1e2, 1.50), else as JSON spells it (.5 as 0.5, 0x10 as 16); true, false and null
// are what they are in JSON. Anything else, and whatever was quoted, is text: yes, 1_000 and 007
// too.
std::string to_json(const yaml_node& node);

// The first number in it that JSON cannot say (.inf, .nan), or that is beyond every double (1e400);
// null where there is none.
const yaml_node* beyond_json(const yaml_node& node);

// JSON text without its white space; nothing when it is not JSON.
std::optional<std::string> compact_json(const std::string& text);

}  // namespace retort::engine
