// How the servers that speak OpenAI's chat completions differ by
//   openai/openai-openapi f85dbe2; openai/openai-python e43b4224, azure.py;
//   mistralai/client-python 05629d23;
//   vllm-project/vllm and sgl-project/sglang, protocol.py; llama.cpp, the server's README;
//   ollama/ollama fb307609; huggingface/text-generation-inference db931fcf;
//   openrouter.ai/docs; api-docs.deepseek.com.
// What is marked ~ in the table is unconfirmed. Immutable; any thread.
#pragma once

#include <span>
#include <string_view>

#include "providers/request/sampling_keys.hpp"

namespace retort::providers {

enum class reasoning_form {
  effort,      // "reasoning_effort": "low"
  openrouter,  // "reasoning": {"effort": "low"} or {"max_tokens": 1024}
  deepseek,    // reasoning_effort too, but none is "thinking": {"type": "disabled"}
};

struct chat_differences {
  std::string_view name;
  sampling_key_set takes;
  std::string_view base_url = "";  // the usual one; "" when every user has another
  std::string_view key_variable = "";
  std::string_view seed = "seed";
  std::string_view budget = "";     // of reasoning tokens, where there is one
  bool follows_model_name = false;  // max_completion_tokens by the model's quirks
  bool has_stream_options = true;   // include_usage; without it usage comes unasked
  bool obfuscates = false;          // pads its events unless told not to
  int most_logprobs = 20;
  reasoning_form reasoning = reasoning_form::effort;
};

// One row per server; the first is OpenAI itself.
std::span<const chat_differences> chat_family();

}  // namespace retort::providers
