// How large a request and its answer can get, as far as body and config bound it: one rule for the
// run, its batches and `check`. Pure; any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "providers/body/types.hpp"

namespace retort::engine {

// What token_estimate::worst() takes: the body's bytes, and for what providers say to the model
// about tools. Anthropic's system prompt for them has up to 530 tokens (its page on tool use).
inline std::size_t most_input(std::size_t body_bytes, const providers::sampling& asked) {
  constexpr std::size_t around_tools = 1024;
  const bool rewritten = !asked.tools.empty() || !asked.response_schema.empty() ||
                         asked.extra.find("\"response_format\"") != asked.extra.npos ||
                         asked.extra.find("\"functions\"") != asked.extra.npos;
  return body_bytes + (rewritten ? around_tools : 0);
}

// What the model reads of a request, in bytes, for estimates: of its messages, and what else.
inline std::size_t read_besides(const providers::sampling& asked) {
  return asked.tools.size() + asked.response_schema.size();
}

// sampling.max_tokens, or what sampling.extra sets in its place under any name of its own
// (max_completion_tokens, maxOutputTokens, ...), times the answers that it asks for (best_of); the
// largest, where it is not known which one counts. Nothing: unbounded.
std::optional<std::int64_t> most_output(const providers::sampling& asked);

}  // namespace retort::engine
