// `vary`: keys with several values each. A combination of them is set in the config's tree, as if
// it had been written there, and read like any config. Pure; any thread.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "engine/config/config.hpp"
#include "engine/keys/yaml_section.hpp"
#include "engine/keys/yaml_tree.hpp"
#include "io/base/error.hpp"

namespace retort::engine {

struct vary_axis {
  std::string path;               // "sampling.temperature"
  std::vector<yaml_node> values;  // not empty
};

// How many combinations a config may have.
inline constexpr std::size_t max_combinations = 64;

// The axes of the tree, by path, so that the order in which they are written decides nothing. They
// may be written as they are called or, as an override writes them, one name within the other.
// errc::usage with the place: a key that may not vary, no list, an empty one, too many
// combinations.
result<std::vector<vary_axis>> axes_of(const yaml_node& root);

std::size_t combinations_of(const std::vector<vary_axis>& axes);
// Which value of each axis the combination has: the last axis changes with each.
std::vector<std::size_t> values_of(const std::vector<vary_axis>& axes, std::size_t combination);
// Sets these values; errc::usage where something else stands on the way to one.
result<void> set_values(yaml_node& root, const std::vector<vary_axis>& axes,
                        const std::vector<std::size_t>& values);

// Reads what each combination makes of the config's prompt and sampling; equal values of
// one key are errc::usage with the place of the later one.
using variation_reader = void (*)(yaml_section root, variation& into);
result<void> read_variations(yaml_node root, const std::vector<vary_axis>& axes,
                             variation_reader read, config& into);

}  // namespace retort::engine
