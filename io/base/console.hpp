// Standard output and standard error, as far as a person reads them: the only place that writes
// messages there (a check in the tests holds it). Whatever a server, a dataset or a file name
// brings into a line, it stays one line and steers no terminal (plain_line). Any thread.
#pragma once

#include <cstddef>
#include <cstdio>
#include <string>
#include <string_view>

namespace retort::io {

// A line, without its newline.
void print_line(std::FILE* to, std::string_view line);
// Lines, each with its newline. Only of text whose newlines are our own.
void print_lines(std::FILE* to, std::string_view lines);

// Lines, of which only the newlines are our own, over those that stand there, `above` of them above
// the cursor's; it stays at the end of the last, which has no newline.
void print_over(std::FILE* to, std::string_view lines, std::size_t above = 0);
// The whole screen: lines of which only the newlines are our own, the last without one, where the
// cursor stays.
void print_page(std::FILE* to, std::string_view lines);
// Nothing over them, or goes on below them.
void erase_lines(std::FILE* to, std::size_t above = 0);
void end_line(std::FILE* to);

// What kept a line from standard output: "No space left on device"; "" where nothing did, or the
// reader had enough.
std::string standard_output_problem();

// A line of a text that print_lines() will print.
void append_line(std::string& lines, std::string_view line);

}  // namespace retort::io
