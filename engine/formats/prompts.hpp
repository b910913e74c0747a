// The formats of a prompt without an answer, for RL: one line for each prompt of a record. TRL's
// {"prompt"}; verl's {"data_source", "prompt", "ability", "reward_model", "extra_info"}; and
// "reward": a prompt with how often it was answered well, and how well, of the answers of which
// that could be told; no line where it could of none. Pure; any thread.
#pragma once

#include "engine/formats/record_formats.hpp"

namespace retort::engine {

broken_rule keep_prompt(const example& what, kept_half& into);
broken_rule keep_verl(const example& what, kept_half& into);

std::vector<std::string> write_prompt_only(std::span<const record_half> of,
                                           const output_config& output);
std::vector<std::string> write_reward(std::span<const record_half> of, const output_config& output);

}  // namespace retort::engine
