// The conversation that a record brings (prompt.messages_field), in the forms in which datasets
// have it. Pure; any thread.
#pragma once

#include <simdjson.h>

#include <string>
#include <vector>

#include "io/base/error.hpp"
#include "providers/body/types.hpp"

namespace retort::engine {

// Appends a list of messages, each one of
//   {role, content, name, tool_calls, tool_call_id}  as OpenAI's chat completions have them;
//   content
//                                                    is a text, a list of text parts, or null where
//                                                    the role is assistant or tool
//   {from, value}                                    ShareGPT: human, gpt, system, function_call,
//                                                    observation
// In both forms a message may have "weight" (0 or 1; or "train" or "loss": true or false) and the
// assistant's "reasoning_content" (or "reasoning", "thinking"). What else it has is not looked at.
// Calls without an id are given one, and a tool's answer without one gets that of the first call of
// its name, else of the first call, not answered yet. errc::dataset with what is wrong in words to
// be put behind the field's name: "has, as message 2,
// ...".
result<void> read_messages(simdjson::dom::element list, std::vector<providers::message>& into);

}  // namespace retort::engine
