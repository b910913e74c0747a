#include "engine/formats/messages.hpp"

#include "engine/formats/chat_rules.hpp"
#include "engine/formats/message_list.hpp"

namespace retort::engine {

broken_rule write_messages(const example& what, io::json_writer& json) {
  const auto broken = rule_broken_by(what.said, {.takes_turns = true, .needs_ids = true});
  if (!broken.empty()) return broken;
  json.key("messages");
  json.open_array();
  write_conversation(json, what);
  json.close_array();
  write_tools(json, what);
  return {};
}

broken_rule write_plain_text(const example& what, io::json_writer& json) {
  if (const auto broken = rule_broken_by(what.said, {.has_calls = false}); !broken.empty()) {
    return broken;
  }
  std::string text;
  for (const auto& one : what.said.messages) text.append(one.content).append("\n\n");
  json.member("text", text.append(what.said.answer));
  return {};
}

}  // namespace retort::engine
