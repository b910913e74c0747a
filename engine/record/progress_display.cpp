#include "engine/record/progress_display.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdio>

#include "io/base/console.hpp"
#include "io/base/one_line.hpp"

namespace retort::engine {
namespace {

class plain_display final : public progress_display {
 public:
  std::chrono::milliseconds interval() const override { return std::chrono::seconds(5); }
  void show(const progress_snapshot& at) override { io::print_line(stderr, progress_line(at)); }
  void say(std::string_view line) override { io::print_line(stderr, line); }
};

class json_display final : public progress_display {
 public:
  explicit json_display(std::FILE* to) : to_(to) {}
  std::chrono::milliseconds interval() const override { return std::chrono::seconds(1); }
  void show(const progress_snapshot& at) override { io::print_line(to_, progress_json(at)); }
  void say(std::string_view line) override { io::print_line(stderr, line); }

 private:
  std::FILE* to_;
};

winsize terminal_size() {
  winsize size{};
  if (::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) size = {24, 80, 0, 0};
  return size;
}

// Cuts a UTF-8 text to so many code points: a line that wraps could not be overwritten.
std::string cut(std::string_view text, std::size_t columns) {
  std::size_t at = 0;
  for (; at < text.size(); ++at) {
    const bool starts_character = (static_cast<unsigned char>(text[at]) & 0xC0) != 0x80;
    if (starts_character && columns-- == 0) break;
  }
  return std::string(text.substr(0, at));
}

class terminal_display final : public progress_display {
 public:
  std::chrono::milliseconds interval() const override { return std::chrono::milliseconds(200); }
  void show(const progress_snapshot& at) override {
    const winsize size = terminal_size();
    const std::size_t columns = size.ws_col - 1U;
    std::vector<std::string> rows = progress_rows(at, columns);
    // Rows that scroll out of sight could not be overwritten either. 0: a terminal that says
    // nothing.
    if (size.ws_row > 0 && size.ws_row <= rows.size()) rows = {progress_line(at)};
    std::string lines;
    for (const auto& row : rows)
      lines += (lines.empty() ? "" : "\n") + cut(io::plain_line(row), columns);
    io::print_over(stderr, lines, above());
    live_ = rows.size();
  }
  void say(std::string_view line) override {
    if (live_) io::erase_lines(stderr, above());
    live_ = 0;
    io::print_line(stderr, line);
  }
  void finish() override {
    if (live_) io::end_line(stderr);
    live_ = 0;
  }

 private:
  std::size_t above() const { return live_ ? live_ - 1 : 0; }

  std::size_t live_ = 0;  // rows that stand there
};

}  // namespace

std::unique_ptr<progress_display> make_display(display_kind kind, bool output_is_taken) {
  if (kind == display_kind::json) {
    return std::make_unique<json_display>(output_is_taken ? stderr : stdout);
  }
  if (kind == display_kind::automatic && ::isatty(STDERR_FILENO)) {
    return std::make_unique<terminal_display>();
  }
  return std::make_unique<plain_display>();
}

}  // namespace retort::engine
