// Standard output and standard error, as far as a person reads them: the only place that writes
// messages there (a check in the tests holds it). Whatever a server, a dataset or a file name
// brings into a line, it stays one line and steers no terminal (plain_line). Any thread.
#pragma once

#include <cstdio>
#include <string>
#include <string_view>

namespace retort::io {

// A line, without its newline.
void print_line(std::FILE* to, std::string_view line);
// Lines, each with its newline. Only of text whose newlines are our own.
void print_lines(std::FILE* to, std::string_view lines);

// A line over the one that stands at the cursor; the next one goes over it again.
void print_over(std::FILE* to, std::string_view line);
// The whole screen: lines of which only the newlines are our own, the last without one, where the
// cursor stays.
void print_page(std::FILE* to, std::string_view lines);
// Nothing over it, or goes on below it.
void erase_line(std::FILE* to);
void end_line(std::FILE* to);

// A line of a text that print_lines() will print.
void append_line(std::string& lines, std::string_view line);

}  // namespace retort::io
