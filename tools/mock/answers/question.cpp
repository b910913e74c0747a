#include "tools/mock/answers/question.hpp"

namespace retort::mock {
namespace {

bool add_message(question& to, json_element message) {
  std::string_view role;
  json_element content;
  if (message["role"].get(role)) return false;
  const bool calls = !message["tool_calls"].error();  // they may stand without a content
  if (message["content"].get(content) || content.is_null()) return calls;
  std::optional<std::string> text = content_text(content);
  if (!text) return false;
  add_content(to, role, std::move(*text));
  return true;
}

}  // namespace

std::optional<std::string> content_text(json_element content) {
  std::string_view text;
  if (!content.get(text)) return std::string(text);
  simdjson::dom::array parts;
  if (content.get(parts)) return std::nullopt;
  std::string joined;
  for (const json_element part : parts) joined += text_at(part["text"]);
  return joined;
}

void add_content(question& to, std::string_view role, std::string text) {
  to.content_bytes += text.size();
  // A user's message may be a tool's answer alone, which asks nothing.
  if (role == "user" && (to.prompt.empty() || !text.empty())) to.prompt = std::move(text);
}

bool add_messages(question& to, simdjson::dom::array messages) {
  for (const json_element message : messages) {
    if (!add_message(to, message)) return false;
  }
  return true;
}

}  // namespace retort::mock
