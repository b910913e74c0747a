// What of a completion evaluators and filters look at. Pure; any thread.
#pragma once

#include <string>
#include <string_view>

#include "providers/body/types.hpp"

namespace retort::engine {

// Its text; where it has none but calls tools, their arguments, each call's on a line. `room` holds
// them if they are not the text itself.
std::string_view judged_text(const providers::completion& of, std::string& room);

}  // namespace retort::engine
