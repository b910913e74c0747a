// The part of a completion that answers: some models think aloud in the same text first. Pure; the
// view points into what was passed in; any thread.
#pragma once

#include <string_view>

namespace retort::engine {

// What stands behind the last </think> (or </thinking>), a byte order mark aside; the whole text
// where there is none. Nothing of a text that begins with thinking and never comes to its end.
std::string_view answer_part(std::string_view completion);

}  // namespace retort::engine
