// Columns side by side on a terminal. Pure; any thread.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace retort::tools {

class text_table {
 public:
  // The first `words` columns are words, which begin at one place; the others numbers, which end
  // at one.
  text_table(std::vector<std::string> head, std::size_t words);
  // As many cells as the head; "" is none. Each stays one line.
  void add(std::vector<std::string> row);
  // With the head, a line each.
  std::string text() const;

 private:
  std::size_t words_;
  std::vector<std::vector<std::string>> rows_;
};

}  // namespace retort::tools
