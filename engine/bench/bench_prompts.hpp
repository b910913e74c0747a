// The prompts of a config's dataset, as a run would send them. One thread.
#pragma once

#include <memory>
#include <vector>

#include "engine/bench/prompt_supply.hpp"
#include "engine/config/config.hpp"
#include "engine/workload/own_turns.hpp"
#include "io/base/error.hpp"

namespace retort::engine {

// A benchmark holds its prompts: so many records of the dataset's beginning, at most.
inline constexpr std::size_t most_prompts = 10'000;

// As a run has it, but for what a benchmark does in its own way: no answer is judged, and each step
// is asked of the models that the last one is asked of.
config as_measured(const config& what, bool streams);

// Whether records are asked step by step: those of a config that has several, its own prompts.
inline bool has_steps(const config& what, const bench_options& options) {
  return !options.input && !what.earlier.empty();
}
// errc::usage where what is told of sessions does not go with that, in one line.
result<void> check_sessions(const config& what, const bench_options& options);

// At least one. With steps each asks for the first, and has the others as later turns; `in_turns`:
// for what the conversation of its record begins with, and has the rest as later turns.
// errc::usage, errc::dataset and the like in one line.
result<std::vector<asked_prompt>> prompts_of(const config& what, bool in_turns = false);

// What the record's user says, each behind the endpoint's own answers.
std::shared_ptr<const later_prompts> later_turns(std::vector<turn_messages> all);

// What sessions of these are. errc::usage where none has more than one turn.
result<record_sessions> sessions_of(const config& what, const std::vector<asked_prompt>& all);

}  // namespace retort::engine
