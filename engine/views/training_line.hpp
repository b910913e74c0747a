// The lines of the views: one accepted or rejected sample in the form that fine-tuning reads.
// Pure; any thread.
#pragma once

#include <string>
#include <string_view>

#include "engine/config/config.hpp"
#include "engine/sample/sample.hpp"

namespace retort::engine {

// What a training file of this format begins with: CSV's header line, or nothing.
std::string_view training_header(output_format format);

// Appends one line, newline included: {"prompt", "completion", "metadata": {"sample_id", "model",
// "temperature", "prompt_length", "completion_length"}}, lengths in code points, and finish_reason
// where the answer did not simply stop; the same three columns as CSV, metadata as JSON text. Tools
// that the answer calls stand behind the completion as "tool_calls", in OpenAI's form; in CSV they
// are a member of the metadata. The prompt is the user's message where the config gives one (a
// system prompt is not part of what is taught), else the list of messages.
void append_training_line(const config& run, const sample& accepted, std::string& out);

// Appends one JSON line with the reason, the evaluations and the reference besides.
void append_rejected_line(const config& run, const sample& rejected, std::string& out);

}  // namespace retort::engine
