// A message as OpenAI's chat completions write it, which is also the form of training files and of
// the ledger. Pure; any thread.
#pragma once

#include <vector>

#include "io/base/json_writer.hpp"
#include "providers/body/types.hpp"

namespace retort::providers {

// {role, content}, and name, tool_call_id and tool_calls where there are any. Beside tool calls a
// content that is empty is null.
void write_message(io::json_writer& json, const message& one);
// The same and what is for who trains with it: reasoning_content and weight, where there are any.
void write_whole_message(io::json_writer& json, const message& one);

// The object left open behind role, content, name and tool_call_id.
void begin_message(io::json_writer& json, const message& one);

// "tool_calls": [{id, type: function, function: {name, arguments}}]; nothing where there are none.
void write_tool_calls(io::json_writer& json, const std::vector<tool_call>& calls);

}  // namespace retort::providers
