// The views that a config asks for. Immutable; any thread.
#pragma once

#include "engine/config/config.hpp"
#include "engine/views/view.hpp"

namespace retort::engine {

// Of each output its view and its rejected samples', in the order in which a person is told of
// them; then what describes them. A shard has none: they are the whole run's. The config outlives
// them.
view_list views_of(const config& run);

}  // namespace retort::engine
