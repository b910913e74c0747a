#include "engine/text/live_rows.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdio>

#include "io/base/console.hpp"
#include "io/base/one_line.hpp"

namespace retort::engine {
namespace {

winsize terminal_size() {
  winsize size{};
  if (::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) size = {24, 80, 0, 0};
  return size;
}

// Cuts a UTF-8 text to so many code points: a line that wraps could not be overwritten.
std::string cut_to(std::string_view text, std::size_t columns) {
  std::size_t at = 0;
  for (; at < text.size(); ++at) {
    const bool starts_character = (static_cast<unsigned char>(text[at]) & 0xC0) != 0x80;
    if (starts_character && columns-- == 0) break;
  }
  return std::string(text.substr(0, at));
}

}  // namespace

bool live_rows::is_terminal() { return ::isatty(STDERR_FILENO) != 0; }

std::size_t live_rows::columns() { return terminal_size().ws_col - 1U; }

// Rows that scroll out of sight could not be overwritten either. 0: a terminal that says nothing.
void live_rows::show(std::vector<std::string> rows, const std::string& in_short) {
  const winsize size = terminal_size();
  if (size.ws_row > 0 && size.ws_row <= rows.size()) rows = {in_short};
  std::string lines;
  for (const auto& row : rows) {
    lines += (lines.empty() ? "" : "\n") + cut_to(io::plain_line(row), size.ws_col - 1U);
  }
  io::print_over(stderr, lines, above());
  live_ = rows.size();
}

void live_rows::say(std::string_view line) {
  if (live_) io::erase_lines(stderr, above());
  live_ = 0;
  io::print_line(stderr, line);
}

void live_rows::finish() {
  if (live_) io::end_line(stderr);
  live_ = 0;
}

}  // namespace retort::engine
