// Recorded answers, found again by the prompt that carries their question. The rows are held in
// memory. Immutable once read; any thread.
#pragma once

#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "io/base/error.hpp"

namespace retort::mock {

class replay_table {
 public:
  // Reads a JSONL file whose rows hold the text to match in the field `match` and the answer in
  // the field `reply`. Of rows with the same text the first counts. errc::unreadable, or
  // errc::dataset with file and line.
  static result<replay_table> read(const std::string& path, const std::string& match,
                                   const std::string& reply);

  // The answer of the row whose text equals the prompt, white space around both aside; else of the
  // longest text that the prompt contains. `rows_off`: of the row so many behind that one instead.
  std::optional<std::string> find(std::string_view prompt, std::size_t rows_off = 0) const;

 private:
  struct row {
    std::string text, reply;
    std::size_t index;
  };

  void add(std::string_view text, std::string reply);
  const row* find_contained(std::string_view prompt) const;

  std::deque<row> rows_;  // never moves its elements: the maps below point into it
  std::unordered_map<std::string_view, const row*> by_text_;
  // Prompts wrap the same words around every question. Looking up each position's next few bytes
  // finds the candidates without trying every row.
  std::unordered_map<std::string_view, std::vector<const row*>> by_beginning_;
  std::vector<const row*> short_rows_;
};

}  // namespace retort::mock
