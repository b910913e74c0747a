#include "providers/dialects/registry.hpp"

#include <deque>

#include "providers/dialects/anthropic.hpp"
#include "providers/dialects/anthropic_batch.hpp"
#include "providers/dialects/azure.hpp"
#include "providers/dialects/gemini.hpp"
#include "providers/dialects/openai_batch.hpp"
#include "providers/dialects/openai_chat.hpp"
#include "providers/dialects/openai_responses.hpp"

namespace retort::providers {
namespace {

// A dialect of its own: one line here. A server that speaks chat completions: one row in
// chat_differences.cpp.
std::vector<provider> make_providers() {
  static const openai_responses responses;
  static const anthropic messages;
  static const gemini content;
  static const azure azure_v1(azure_api::v1), azure_classic(azure_api::classic);
  std::vector<provider> all;
  static std::deque<openai_chat> chats;
  for (const chat_differences& each : chat_family()) {
    all.push_back({each.name, &chats.emplace_back(each), each.base_url, each.key_variable});
  }
  static const openai_batch chat_batch(chats.front(), "/v1/chat/completions");
  static const openai_batch response_batch(responses, "/v1/responses");
  static const anthropic_batch message_batch(messages);
  all.front().batch = &chat_batch;
  const provider others[] = {
      {"openai-responses", &responses, "https://api.openai.com/v1", "OPENAI_API_KEY",
       &response_batch},
      {"anthropic", &messages, "https://api.anthropic.com/v1", "ANTHROPIC_API_KEY", &message_batch},
      {"gemini", &content, "https://generativelanguage.googleapis.com/v1beta", "GEMINI_API_KEY"},
      {"azure", &azure_v1, "", ""},
      {"azure-classic", &azure_classic, "", ""},
  };
  all.insert(all.end(), std::begin(others), std::end(others));
  return all;
}

const std::vector<provider>& providers() {
  static const std::vector<provider> all = make_providers();
  return all;
}

}  // namespace

const provider* find_provider(std::string_view name) {
  for (const provider& each : providers()) {
    if (each.name == name) return &each;
  }
  return nullptr;
}

const dialect* find_dialect(std::string_view name) {
  const provider* const found = find_provider(name);
  return found ? found->dialect : nullptr;
}

const std::vector<std::string_view>& known_dialects() {
  static const std::vector<std::string_view> names = [] {
    std::vector<std::string_view> all;
    for (const provider& each : providers()) all.push_back(each.name);
    return all;
  }();
  return names;
}

}  // namespace retort::providers
