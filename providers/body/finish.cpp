#include "providers/body/finish.hpp"

#include <boost/algorithm/string/predicate.hpp>

namespace retort::providers {
namespace {

struct known_word {
  std::string_view word;
  finish why;
};

constexpr known_word known[] = {
    {"stop", finish::stop},
    {"length", finish::length},
    {"tool_calls", finish::tool_calls},
    {"content_filter", finish::content_filter},
    {"refusal", finish::refusal},  // also Anthropic's
    {"other", finish::other},
    {"function_call", finish::tool_calls},  // OpenAI, long ago
    {"model_length", finish::length},       // Mistral: the end of the context
    {"eos_token", finish::stop},            // TGI
    {"eos", finish::stop},                  // Together
    {"COMPLETE", finish::stop},             // Cohere, behind gateways
    {"stop_sequence", finish::stop},        // TGI, Anthropic
    {"completed", finish::stop},            // OpenAI Responses
    {"max_output_tokens", finish::length},
    {"end_turn", finish::stop},  // Anthropic
    {"max_tokens", finish::length},
    {"tool_use", finish::tool_calls},
    {"model_context_window_exceeded", finish::length},
    {"STOP", finish::stop},  // Gemini
    {"MAX_TOKENS", finish::length},
    {"SAFETY", finish::content_filter},
    {"RECITATION", finish::content_filter},
    {"BLOCKLIST", finish::content_filter},
    {"PROHIBITED_CONTENT", finish::content_filter},
    {"SPII", finish::content_filter},
    {"IMAGE_SAFETY", finish::content_filter},
    {"guardrail_intervened", finish::content_filter},  // Bedrock, behind gateways
    {"content_filtered", finish::content_filter},
    {"FINISH_REASON_UNSPECIFIED", finish::unknown},
    {"unknown", finish::unknown},
    {"null", finish::unknown},
};

}  // namespace

std::string_view name(finish why) {
  switch (why) {
    case finish::unknown: return "";
    case finish::stop: return "stop";
    case finish::length: return "length";
    case finish::tool_calls: return "tool_calls";
    case finish::content_filter: return "content_filter";
    case finish::refusal: return "refusal";
    case finish::other: return "other";
  }
  return "";
}

finish finish_named(std::string_view word) {
  if (word.empty()) return finish::unknown;
  for (const known_word& each : known) {
    if (each.word == word) return each.why;
  }
  for (const known_word& each : known) {
    if (boost::iequals(each.word, word)) return each.why;
  }
  return finish::other;
}

// DeepSeek (api-docs.deepseek.com); Mistral, OpenRouter; vLLM (vllm-project/vllm#57082) and SGLang.
bool names_trouble(std::string_view word) {
  return word == "insufficient_system_resource" || word == "error" || word == "abort";
}

finish finish_of(const completion& what) {
  const finish told = finish_named(what.finish_reason);
  if (told != finish::stop && told != finish::unknown) return told;
  if (!what.refusal.empty()) return finish::refusal;
  return what.tool_calls.empty() ? told : finish::tool_calls;
}

}  // namespace retort::providers
