#include "providers/dialects/chat_message.hpp"

#include <utility>

#include "providers/body/json_fields.hpp"
#include "providers/body/usage_counts.hpp"

namespace retort::providers {
namespace {

using simdjson::dom::element;

// Mistral: {"type":"thinking","thinking":[{"type":"text","text":"t"}]} (client-python 05629d23).
bool append_part(element part, completion& to) {
  for_elements(part["thinking"],
               [&](element thought) { append_text(thought["text"], to.reasoning); });
  append_text(part["refusal"], to.refusal);
  return append_text(part["text"], to.text);
}

// Content is a text, null, a part, or a list of parts of which those with a text count.
bool append_content(element content, completion& to) {
  if (content.is_object()) return append_part(content, to);
  simdjson::dom::array parts;
  if (content.get(parts)) return append_text(found(content), to.text);
  for (const element part : parts) {
    if (!append_part(part, to)) return false;
  }
  return true;
}

// OpenRouter: reasoning.text has a text, reasoning.summary a summary (~; openrouter.ai/docs).
void append_details(element details, completion& to) {
  for_elements(found(details), [&](element each) {
    append_text(each["text"], to.reasoning);
    append_text(each["summary"], to.reasoning);
  });
}

void append_call(element call, completion& to) {
  const json_result function = call["function"];
  to.tool_calls.push_back({std::string(text_at(call["id"])), std::string(text_at(function["name"])),
                           arguments_of(function["arguments"])});
}

void append_calls(element list, completion& to, call_pieces* pieces) {
  if (pieces) return pieces->add(found(list), to.tool_calls);
  for_elements(found(list), [&](element call) { append_call(call, to); });
}

// As it was before there were lists of calls: one, without an id.
void append_function(element function, completion& to, call_pieces* pieces) {
  if (!function.is_object()) return;
  if (pieces) return pieces->add_function(function, to.tool_calls);
  to.tool_calls.push_back(
      {"", std::string(text_at(function["name"])), arguments_of(function["arguments"])});
}

}  // namespace

// vLLM, Ollama and OpenRouter call it reasoning, SGLang, llama.cpp and DeepSeek reasoning_content;
// where both are, they are the same.
bool append_message(simdjson::dom::object message, completion& to, call_pieces* pieces) {
  const std::size_t reasoned = to.reasoning.size();
  const auto is_news = [&] { return to.reasoning.size() == reasoned; };
  std::optional<element> details, function;
  bool has_list = false, has_content = false, has_refusal = false;
  for (const auto& [key, value] : message) {
    if (key == "content") {
      if (std::exchange(has_content, true)) continue;
      if (!append_content(value, to)) return false;
    } else if (key == "reasoning_content" || key == "reasoning") {
      if (is_news()) append_text(found(value), to.reasoning);
    } else if (key == "refusal") {
      if (!std::exchange(has_refusal, true)) append_text(found(value), to.refusal);
    } else if (key == "tool_calls") {
      append_calls(value, to, pieces);
      has_list = has_list || value.is_array();
    } else if (key == "function_call") {
      function = value;
    } else if (key == "reasoning_details") {
      details = value;
    }
  }
  if (function && !has_list) append_function(*function, to, pieces);
  if (details && is_news()) append_details(*details, to);
  return true;
}

// Where the details are missing: DeepSeek has its own name for cached tokens, SGLang counts
// reasoning tokens one level higher.
usage read_chat_usage(json_result from) {
  usage read;
  std::int64_t cached = -1, reasoning = -1, total = -1;
  const auto take_first = [](std::int64_t& count, json_result value) {
    if (count < 0) count = tokens_at(std::move(value));
  };
  for_members(from, [&](std::string_view key, element value) {
    if (key == "prompt_tokens") {
      take_first(read.input, found(value));
    } else if (key == "completion_tokens") {
      take_first(read.output, found(value));
    } else if (key == "total_tokens") {
      take_first(total, found(value));
    } else if (key == "prompt_tokens_details") {
      take_first(read.cached, value["cached_tokens"]);
    } else if (key == "prompt_cache_hit_tokens") {
      take_first(cached, found(value));
    } else if (key == "completion_tokens_details") {
      take_first(read.reasoning, value["reasoning_tokens"]);
    } else if (key == "reasoning_tokens") {
      take_first(reasoning, found(value));
    }
  });
  if (read.cached < 0) read.cached = cached;
  if (read.reasoning < 0) read.reasoning = reasoning;
  take_in_besides(read, total);
  return read;
}

std::size_t size_of(const completion& what) {
  std::size_t size = what.text.size() + what.reasoning.size() + what.refusal.size();
  for (const tool_call& each : what.tool_calls) size += each.name.size() + each.arguments.size();
  return size;
}

}  // namespace retort::providers
