#include "providers/chat_message.hpp"

#include "providers/json_fields.hpp"

namespace retort::providers {
namespace {

using simdjson::dom::element;

// Mistral: {"type":"thinking","thinking":[{"type":"text","text":"t"}]} (section 9).
bool append_part(element part, completion& to) {
  for_elements(part["thinking"],
               [&](element thought) { append_text(thought["text"], to.reasoning); });
  return append_text(part["text"], to.text);
}

// Content is a text, null, or a list of parts of which those with a text count.
bool append_content(element content, completion& to) {
  simdjson::dom::array parts;
  if (content.get(parts)) return append_text(found(content), to.text);
  for (const element part : parts) {
    if (!append_part(part, to)) return false;
  }
  return true;
}

// OpenRouter: reasoning.text has a text, reasoning.summary a summary (~; section 10).
void append_details(element details, completion& to) {
  for_elements(found(details), [&](element each) {
    append_text(each["text"], to.reasoning);
    append_text(each["summary"], to.reasoning);
  });
}

// A stream's pieces name their call by index; a whole message's calls have none.
tool_call& called(element call, completion& to) {
  const auto index = static_cast<std::size_t>(
      count_at(call["index"], static_cast<std::int64_t>(to.tool_calls.size())));
  if (index < to.tool_calls.size()) return to.tool_calls[index];
  return to.tool_calls.emplace_back();
}

void append_call(element call, completion& to) {
  tool_call& one = called(call, to);
  append_text(call["id"], one.id);
  append_text(call["function"]["name"], one.name);
  element arguments;
  if (call["function"]["arguments"].get(arguments)) return;
  if (arguments.is_object()) {  // Ollama's habit ~
    one.arguments += simdjson::minify(arguments);
  } else {
    append_text(found(arguments), one.arguments);
  }
}

}  // namespace

// vLLM, Ollama and OpenRouter call it reasoning, SGLang, llama.cpp and DeepSeek reasoning_content
// (section 10); where both are, they are the same.
bool append_message(simdjson::dom::object message, completion& to) {
  const std::size_t reasoned = to.reasoning.size();
  const auto is_news = [&] { return to.reasoning.size() == reasoned; };
  std::optional<element> details;
  for (const auto& [key, value] : message) {
    if (key == "content") {
      if (!append_content(value, to)) return false;
    } else if (key == "reasoning_content" || key == "reasoning") {
      if (is_news()) append_text(found(value), to.reasoning);
    } else if (key == "refusal") {
      append_text(found(value), to.refusal);
    } else if (key == "tool_calls") {
      for_elements(found(value), [&](element call) { append_call(call, to); });
    } else if (key == "reasoning_details") {
      details = value;
    }
  }
  if (details && is_news()) append_details(*details, to);
  return true;
}

// Where the details are missing: DeepSeek has its own name for cached tokens, SGLang counts
// reasoning tokens one level higher (section 10).
usage read_chat_usage(json_result from) {
  usage read;
  std::int64_t cached = -1, reasoning = -1;
  const auto take_first = [](std::int64_t& count, json_result value) {
    if (count < 0) count = count_at(std::move(value));
  };
  for_members(from, [&](std::string_view key, element value) {
    if (key == "prompt_tokens") {
      take_first(read.input, found(value));
    } else if (key == "completion_tokens") {
      take_first(read.output, found(value));
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
  return read;
}

std::size_t size_of(const completion& what) {
  std::size_t size = what.text.size() + what.reasoning.size() + what.refusal.size();
  for (const tool_call& each : what.tool_calls) size += each.name.size() + each.arguments.size();
  return size;
}

}  // namespace retort::providers
