// The prompts of a config's dataset, as a run would send them. One thread.
#pragma once

#include <vector>

#include "engine/bench/prompt_supply.hpp"
#include "engine/config/config.hpp"
#include "io/base/error.hpp"

namespace retort::engine {

// A benchmark holds its prompts: so many records of the dataset's beginning, at most.
inline constexpr std::size_t most_prompts = 10'000;

// At least one. errc::usage, errc::dataset and the like in one line.
result<std::vector<asked_prompt>> prompts_of(const config& what);

}  // namespace retort::engine
