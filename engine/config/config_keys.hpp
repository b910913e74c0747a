// The one table of the config's keys. Reading, error messages and the printed reference all follow
// it, so that what is documented is what is accepted. Immutable; any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/keys/config_key.hpp"

namespace retort::engine {

const std::vector<config_key>& config_keys();

// How the table calls a place in a config: "models.0.mock.wrong" -> "models[].mock.wrong".
std::string pattern_at(std::string_view place);

// The row of a place in a config, "models.0.mock.wrong" or "sampling.stop.1": its own, or that of
// the list or map around it. Null when there is none.
const config_key* find_key(std::string_view place);
// What a place shapes; a section ("evaluate.0") what its keys shape. Nothing for an unknown key.
std::optional<shapes> shapes_of(std::string_view place);

}  // namespace retort::engine
