// What the formats share: the members of a training record. Pure; any thread.
#pragma once

#include <string>

#include "engine/config/config.hpp"
#include "engine/sample/sample.hpp"
#include "engine/training/conversation.hpp"
#include "io/base/json_writer.hpp"

namespace retort::engine {

// Where the calls of tools have a place of their own, and where (CSV) they have none.
enum class calls { beside, within };

// {"sample_id", "model", "temperature", "prompt_length", "completion_length"}, lengths in code
// points; "variant" where keys vary: their values; and finish_reason where the answer did not
// simply stop; "shortened" where less was asked than the config says (engine/sample/sample.hpp).
void write_metadata(const config& run, io::json_writer& json, const sample& of, calls where);

// "prompt", "completion", "metadata" as members of the object that is open. Tools that the answer
// calls stand behind the completion as "tool_calls", in OpenAI's form. The prompt is the user's
// message where the config gives one (a system prompt is not part of what is taught), else the list
// of messages.
void write_training_members(const config& run, io::json_writer& json, const sample& of);

// The prompt alone, as a member.
void write_prompt(const config& run, io::json_writer& json, const sample& of);

// The dataset's fields that an output carries along, as members; null for one that the row lacks.
void write_columns(const output_config& output, const sample& of, io::json_writer& json);

// All that a sample has, for a program that makes its own of it: the members of a training record,
// and "messages", "reasoning", "tools" (that were offered, or null), "reference", "step", "scores"
// (of each evaluator, by its name), and the dataset's columns under "columns". Answer and reasoning
// are as the output wants them.
void append_whole_record(const config& run, const output_config& output, const conversation& said,
                         const sample& of, std::string& out);

}  // namespace retort::engine
