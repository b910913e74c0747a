// The JSON that a model wrote among other things. Any thread.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "engine/number/json_scalar.hpp"

namespace retort::engine {

// find_json_scalar() in a completion: its thinking, a sentence around the JSON and a fence are
// passed over. The whole answer counts where it is JSON, else the last of last_json(); when that
// one is not valid or was cut off, there is none. Linear in the completion.
json_scalar find_json_answer(std::string_view completion, std::span<const std::string> path);

// The last object in an answer, or list of objects, valid or not; where there is none, the last
// other list that has its lines for itself; "" when there is neither or the last object was cut
// off. Linear.
std::string_view last_json(std::string_view answer);

}  // namespace retort::engine
