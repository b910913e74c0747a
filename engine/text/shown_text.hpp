// Text from outside as a message quotes it: one short line, and never a password. Pure; any thread.
#pragma once

#include <string>
#include <string_view>

namespace retort::engine {

// `text` in double quotes, control characters as spaces, cut after 60 bytes. What looks like a URL
// with user:password is not shown at all.
std::string shown(std::string_view text);

}  // namespace retort::engine
