// Where a benchmark shows how far it is, on standard error: rows that are written over on a
// terminal, a line every few seconds elsewhere. One thread: the loop's.
#pragma once

#include <chrono>
#include <string>

#include "engine/text/live_rows.hpp"
#include "engine/witness/trial_progress.hpp"

namespace retort::tools {

class bench_display {
 public:
  std::chrono::milliseconds interval() const;  // how often show() is worth calling
  void show(const engine::trial_progress& at);
  void say(const std::string& line);  // stays
  void finish();                      // before anything else is printed

 private:
  const bool is_live_ = engine::live_rows::is_terminal();
  engine::live_rows rows_;
};

}  // namespace retort::tools
