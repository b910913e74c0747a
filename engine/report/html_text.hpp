// Text from anywhere as a part of an HTML page. Pure; any thread.
#pragma once

#include <string>
#include <string_view>

namespace retort::engine {

// Escaped for content and for attributes in quotes, its lines as they are. What is no UTF-8, what
// turns the direction of text around and what controls a terminal comes out as io::plain_line()
// has it.
std::string html_text(std::string_view text);

}  // namespace retort::engine
