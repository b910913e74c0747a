// Questions that the mock provider can answer, all different. Any thread.
#pragma once

#include <fmt/format.h>

#include <cstddef>
#include <string>

namespace retort::test {

// The n-th: {"id": "q7", "question": "What is 7 + 3?", "answer": "10"}.
inline std::string question(std::size_t n) { return fmt::format("What is {} + 3?", n); }

inline std::string right_answer(std::size_t n) { return fmt::format("{}", n + 3); }

inline std::string question_row(std::size_t n) {
  return fmt::format("{{\"id\": \"q{}\", \"question\": \"{}\", \"answer\": \"{}\"}}\n", n,
                     question(n), right_answer(n));
}

// The rows from `begin` to before `end`, as JSONL.
inline std::string question_rows(std::size_t begin, std::size_t end) {
  std::string rows;
  for (auto n = begin; n < end; ++n) rows += question_row(n);
  return rows;
}

}  // namespace retort::test
