// What a request for a completion asks for, whatever its dialect. One thread at a time.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "tools/mock/answers/json.hpp"
#include "tools/mock/answers/tokens.hpp"

namespace retort::mock {

struct question {
  std::string model;
  std::string prompt;             // text of the last user message
  std::size_t content_bytes = 0;  // of all messages and instructions
  std::uint64_t max_tokens = 0;   // 0: no such wish
  std::uint64_t seed = 0;         // of the sampling; 0: none
  // Log probabilities, of so many alternatives too; nothing: none.
  std::optional<std::uint64_t> logprobs = {};
  std::string tool = {};  // that the answer must call; "": none
  bool stream = false;
  bool include_usage = false;  // chat completions: at the end of a stream

  std::uint64_t prompt_tokens() const { return tokens_in(content_bytes); }
};

// A content: a text, or a list of parts of which the texts count. Nothing when it is neither.
std::optional<std::string> content_text(json_element content);

// What a role said.
void add_content(question& to, std::string_view role, std::string text);

// A list of {role, content}; false when one has no role or no content.
bool add_messages(question& to, simdjson::dom::array messages);

}  // namespace retort::mock
