// Text from outside (a server's answer, a field's name) made fit to stand inside one line of a
// message, a log or a terminal. Pure; any thread.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace retort::io {

// Valid UTF-8 without control characters: each run of them and of blanks becomes one space, none
// at either end; a byte that is not UTF-8, and what turns the direction of text around, becomes
// U+FFFD. What is longer than `max_bytes` is cut between characters and ends in "...".
std::string one_line(std::string_view text, std::size_t max_bytes);

// The same without a word moved: each control character and line separator becomes one space,
// blanks stay. For what is already as long as it should be.
std::string plain_line(std::string_view text);

}  // namespace retort::io
