#include "engine/record/progress_display.hpp"

#include <cstdio>

#include "engine/text/live_rows.hpp"
#include "io/base/console.hpp"

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

class terminal_display final : public progress_display {
 public:
  std::chrono::milliseconds interval() const override { return std::chrono::milliseconds(200); }
  void show(const progress_snapshot& at) override {
    rows_.show(progress_rows(at, live_rows::columns()), progress_line(at));
  }
  void say(std::string_view line) override { rows_.say(line); }
  void finish() override { rows_.finish(); }

 private:
  live_rows rows_;
};

}  // namespace

std::unique_ptr<progress_display> make_display(display_kind kind, bool output_is_taken) {
  if (kind == display_kind::json) {
    return std::make_unique<json_display>(output_is_taken ? stderr : stdout);
  }
  if (kind == display_kind::automatic && live_rows::is_terminal()) {
    return std::make_unique<terminal_display>();
  }
  return std::make_unique<plain_display>();
}

}  // namespace retort::engine
