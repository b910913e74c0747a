// Which records are held out, to measure with what was not trained on. Pure; any thread.
#pragma once

#include <string_view>

#include "engine/config/config.hpp"
#include "engine/sample/sample.hpp"

namespace retort::engine {

// By the hash of the id and nothing else, so that a record is on the same side in every run,
// resume, export and merge; who is held out at one share is at each larger one.
bool is_held_out(std::string_view id, double share);

// Whether a sample's record is of the part of the records that an output has: all, where none are
// held out.
bool is_in_part_of(const output_config& output, const config& run, const sample& of);

}  // namespace retort::engine
