#include "engine/formats/prompt_completion.hpp"

#include "engine/formats/chat_rules.hpp"
#include "engine/formats/message_list.hpp"
#include "engine/training/training_members.hpp"
#include "providers/body/message_json.hpp"

namespace retort::engine {

broken_rule write_prompt_completion(const example& what, io::json_writer& json) {
  if (what.said.is_only_thought) return only_thought;
  write_prompt(what.run, json, what.of);
  json.member("completion", what.said.answer);
  write_reasoning(json, what);
  providers::write_tool_calls(json, what.of.completion.tool_calls);
  return {};
}

broken_rule write_prompt_completion_messages(const example& what, io::json_writer& json) {
  if (const auto broken = rule_broken_by(what.said, {}); !broken.empty()) return broken;
  write_prompt_list(json, "prompt", what);
  write_answer_list(json, "completion", what);
  write_tools(json, what);
  return {};
}

}  // namespace retort::engine
