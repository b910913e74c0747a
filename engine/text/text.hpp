// Small questions about UTF-8 text. Pure; views point into what was passed in; any thread.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace retort::engine {

// Without the white space around it, whatever the script, and what of no width stands there.
std::string_view trim(std::string_view text);

// How many code points valid UTF-8 holds: its bytes that continue no other.
std::size_t count_code_points(std::string_view text);

// At most 80 bytes of the trimmed text and "…" where something was cut, on one line: for details
// and messages, which must stay short whatever a model wrote.
std::string excerpt(std::string_view text);

}  // namespace retort::engine
