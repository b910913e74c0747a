// What the steps before the last judge by, besides their own keys: what they accept is handed on,
// so another value asks other questions. See answer_shaping() in config.hpp. Any thread.
#pragma once

#include <string_view>

#include "engine/config/config.hpp"

namespace retort::engine {

// A key of the run, as "reference.template", that a step before the last judges by.
bool is_judged_by_before(const config& run, std::string_view path);

// The paths of answer_shaping() that say what a file held end so; versions before had none.
inline constexpr std::string_view content_of_file = ".content";

}  // namespace retort::engine
