// LLaMA-Factory's dataset_info.json: in each directory that has outputs of its formats, what they
// are. Pure; any thread.
#pragma once

#include "engine/config/config.hpp"
#include "engine/views/view.hpp"

namespace retort::engine {

view_list dataset_info_views(const config& run);

}  // namespace retort::engine
