// OpenAI's chat completions (wire-reference section 1) as OpenAI itself, Azure's v1 API, vLLM,
// SGLang, llama.cpp, Ollama, OpenRouter, DeepSeek and others speak it (sections 8 and 10).
// Stateless: one instance serves all threads.
#pragma once

#include "providers/dialect.hpp"

namespace retort::providers {

class openai_chat final : public dialect {
 public:
  std::string_view target() const override { return "/chat/completions"; }
  std::string headers(std::string_view api_key) const override;
  void append_body(const request_parts& request, std::string& out) const override;
  outcome parse(const io::http_response& response,
                std::chrono::system_clock::time_point now) const override;
};

// Whether the answer's length goes into max_completion_tokens. OpenAI's reasoning models refuse
// max_tokens (section 1: GPT-5 and the o-series); compatible servers may know nothing else (section
// 10: Ollama). Decided by the name, since the URL may be that of a gateway: o1, o3-mini, gpt-5.1,
// ft:o4-mini:... do; gpt-4o, gpt-oss, and names with a vendor's prefix (OpenRouter) do not.
bool takes_max_completion_tokens(std::string_view model);

}  // namespace retort::providers
