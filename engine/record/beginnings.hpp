// How the prompts of rows begin, before they are asked: what dataset.order: prefix goes by.
#pragma once

#include <functional>
#include <string>

#include "engine/record/shared_run.hpp"

namespace retort::engine {

// For one thread, which need not be the engine's. Of a row it gives how the prompt of its first
// request begins, by the first variant, and "" of a row that is no prompt: who asks it says why.
// The run outlives it.
std::function<std::string(const io::row&)> beginnings_of(const shared_run& run);

}  // namespace retort::engine
