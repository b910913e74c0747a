// Where a run shows how far it is: live rows on a terminal, a plain line every few seconds
// elsewhere, JSON for machines. What it says is progress.hpp's. One thread: the engine's.
#pragma once

#include <chrono>
#include <memory>
#include <string_view>

#include "engine/record/progress.hpp"

namespace retort::engine {

enum class display_kind { automatic, plain, json };

class progress_display {
 public:
  virtual ~progress_display() = default;
  // How often show() is worth calling.
  virtual std::chrono::milliseconds interval() const = 0;
  virtual void show(const progress_snapshot& at) = 0;
  // A line that stays: a warning, the reason of a stop.
  virtual void say(std::string_view line) = 0;
  // Before anything else is printed.
  virtual void finish() {}
};

// `automatic`: live rows when standard error is a terminal, else plain. Plain lines and rows go
// to standard error, JSON to standard output, unless that is taken.
std::unique_ptr<progress_display> make_display(display_kind kind, bool output_is_taken = false);

}  // namespace retort::engine
