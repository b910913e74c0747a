// The formats of a prompt and what completes it: {"prompt", "completion"}, as texts (the seed's,
// training_members.hpp) or as lists of messages (TRL's conversational one: the two are of one kind,
// since its trainer joins them). Pure; any thread.
#pragma once

#include "engine/formats/example.hpp"
#include "io/base/json_writer.hpp"

namespace retort::engine {

broken_rule write_prompt_completion(const example& what, io::json_writer& json);
broken_rule write_prompt_completion_messages(const example& what, io::json_writer& json);

}  // namespace retort::engine
