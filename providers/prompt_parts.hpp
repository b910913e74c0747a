// The prompt as those APIs want it that have no system message among the others. Pure; any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "providers/types.hpp"

namespace retort::providers {

// Roles system and developer, which are the same to these APIs.
bool is_instruction(const message& one);

// All instructions, a blank line between them; "" when there are none. `room` holds the text where
// it is not that of one message alone.
std::string_view instructions(const std::vector<message>& messages, std::string& room);

// A name as part of a request line's path: what a path cannot have is escaped, "/" too.
std::string path_segment(std::string_view name);

}  // namespace retort::providers
