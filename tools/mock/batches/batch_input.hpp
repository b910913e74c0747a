// The input file of one of OpenAI's batches, checked:
// platform.openai.com/docs/guides/batch, and for the error codes
// learn.microsoft.com/azure/ai-services/openai/how-to/batch. Pure; any thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "tools/mock/batches/batch.hpp"

namespace retort::mock {

struct input_problem {
  std::string_view code;
  std::string message;
  std::string_view param;  // "": none
  std::uint64_t line;      // 1-based; 0: of the file as a whole
};

struct checked_input {
  std::vector<asked_line> lines;
  std::vector<input_problem> problems;  // none: `lines` can be sent; at most a hundred
};

// What a batch's file may hold. Read as the smaller of the two megabytes.
inline constexpr std::size_t max_input_bytes = 200'000'000;
inline constexpr std::uint64_t max_input_lines = 50'000;

// Every line must be for `endpoint`, and there must be at most `most` of them.
checked_input check_input(std::string_view content, std::string_view endpoint, std::uint64_t most);

}  // namespace retort::mock
