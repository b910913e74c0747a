// Rows at the bottom of a terminal that are written over and over, and lines that scroll away above
// them. To standard error; one thread at a time.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace retort::engine {

class live_rows {
 public:
  static bool is_terminal();  // standard error is one
  static std::size_t columns();

  // Over those that stand there. `in_short`: one row for a terminal that has no room for all.
  void show(std::vector<std::string> rows, const std::string& in_short);
  // A line that stays.
  void say(std::string_view line);
  // Before anything else is printed.
  void finish();

 private:
  std::size_t above() const { return live_ ? live_ - 1 : 0; }

  std::size_t live_ = 0;  // rows that stand there
};

}  // namespace retort::engine
