// The prompt as those APIs want it that have no system message among the others, and forms of their
// own for tools' calls and answers. Pure; any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "providers/body/types.hpp"

namespace retort::providers {

// Roles system and developer, which are the same to these APIs.
bool is_instruction(const message& one);

// All instructions, a blank line between them; "" when there are none. `room` holds the text where
// it is not that of one message alone.
std::string_view instructions(const std::vector<message>& messages, std::string& room);

// A tool's answer: the API has it in a form of its own.
bool is_tool_answer(const message& one);

// The function that the tool's answer at `place` answers: its own name, else that of the call with
// its id; "" where neither is told.
std::string_view called_by(const std::vector<message>& messages, std::size_t place);

// A call's arguments as a JSON object; {} where it has none.
std::string_view arguments_object(const tool_call& call);

// A name as part of a request line's path: what a path cannot have is escaped, "/" too.
std::string path_segment(std::string_view name);

}  // namespace retort::providers
