#include "io/base/console.hpp"

#include "io/base/one_line.hpp"

namespace retort::io {
namespace {

constexpr std::string_view over_line = "\r\033[K", cleared = "\033[H\033[2J";

void write(std::FILE* to, std::string_view bytes) {
  std::fwrite(bytes.data(), 1, bytes.size(), to);
  std::fflush(to);
}

std::string plain_lines(std::string_view lines) {
  std::string out;
  while (!lines.empty()) {
    const std::size_t end = lines.find('\n');
    out += plain_line(lines.substr(0, end));
    if (end == std::string_view::npos) break;
    out += '\n';
    lines.remove_prefix(end + 1);
  }
  return out;
}

}  // namespace

void append_line(std::string& lines, std::string_view line) { lines += plain_line(line) + '\n'; }

void print_line(std::FILE* to, std::string_view line) { write(to, plain_line(line) + '\n'); }

void print_lines(std::FILE* to, std::string_view lines) { write(to, plain_lines(lines)); }

void print_page(std::FILE* to, std::string_view lines) {
  write(to, std::string(cleared) += plain_lines(lines));
}

void print_over(std::FILE* to, std::string_view line) {
  write(to, std::string(over_line) += plain_line(line));
}

void erase_line(std::FILE* to) { write(to, over_line); }

void end_line(std::FILE* to) { write(to, "\n"); }

}  // namespace retort::io
