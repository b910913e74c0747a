#include "tools/bench_display.hpp"

#include <cstdio>

#include "io/base/console.hpp"

namespace retort::tools {

std::chrono::milliseconds bench_display::interval() const {
  return std::chrono::milliseconds(is_live_ ? 250 : 5000);
}

void bench_display::show(const engine::trial_progress& at) {
  const std::string line = "bench: " + engine::progress_line(at);
  if (!is_live_) return io::print_line(stderr, line);
  rows_.show(engine::progress_rows(at), line);
}

void bench_display::say(const std::string& line) {
  const std::string said = "bench: " + line;
  is_live_ ? rows_.say(said) : io::print_line(stderr, said);
}

void bench_display::finish() { rows_.finish(); }

}  // namespace retort::tools
