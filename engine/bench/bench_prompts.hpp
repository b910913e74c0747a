// The prompts of a config's dataset, as a run would send them. One thread.
#pragma once

#include <vector>

#include "engine/bench/prompt_supply.hpp"
#include "engine/config/config.hpp"
#include "io/base/error.hpp"

namespace retort::engine {

// A benchmark holds its prompts: so many records of the dataset's beginning, at most.
inline constexpr std::size_t most_prompts = 10'000;

// At least one; `in_turns`: each asks for what the conversation of its record begins with, and has
// the rest as later turns. errc::usage, errc::dataset and the like in one line.
result<std::vector<asked_prompt>> prompts_of(const config& what, bool in_turns = false);

// What sessions of these are. errc::usage where none has more than one turn.
result<record_sessions> sessions_of(const std::vector<asked_prompt>& all);

}  // namespace retort::engine
