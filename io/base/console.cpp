#include "io/base/console.hpp"

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <system_error>

#include "io/base/one_line.hpp"

namespace retort::io {
namespace {

constexpr std::string_view fresh = "\033[K", cleared = "\033[H\033[2J", to_end = "\033[J";

std::atomic<int> output_problem = 0;  // errno

void write(std::FILE* to, std::string_view bytes) {
  const bool is_whole = std::fwrite(bytes.data(), 1, bytes.size(), to) == bytes.size();
  const bool is_out = std::fflush(to) == 0;
  if (to == stdout && !(is_whole && is_out)) output_problem = errno;
}

// To the beginning of the line so many above the cursor's.
std::string first_of(std::size_t above) {
  return above == 0 ? "\r" : "\r\033[" + std::to_string(above) + "A";
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

std::string standard_output_problem() {
  const int code = output_problem;
  if (code == 0 || code == EPIPE) return "";
  return std::generic_category().message(code);
}

void append_line(std::string& lines, std::string_view line) { lines += plain_line(line) + '\n'; }

void print_line(std::FILE* to, std::string_view line) { write(to, plain_line(line) + '\n'); }

void print_lines(std::FILE* to, std::string_view lines) { write(to, plain_lines(lines)); }

void print_page(std::FILE* to, std::string_view lines) {
  write(to, std::string(cleared) += plain_lines(lines));
}

void print_over(std::FILE* to, std::string_view lines, std::size_t above) {
  std::string out = first_of(above);
  for (const char* between = ""; !lines.empty(); between = "\n") {
    const std::size_t end = std::min(lines.find('\n'), lines.size());
    (out += between).append(fresh) += plain_line(lines.substr(0, end));
    lines.remove_prefix(std::min(end + 1, lines.size()));
  }
  write(to, out.append(to_end));
}

void erase_lines(std::FILE* to, std::size_t above) { write(to, first_of(above).append(to_end)); }

void end_line(std::FILE* to) { write(to, "\n"); }

}  // namespace retort::io
