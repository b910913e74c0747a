#include "engine/formats/prompt_completion.hpp"

#include "engine/formats/chat_rules.hpp"
#include "engine/formats/message_list.hpp"
#include "engine/text/text.hpp"
#include "engine/training/training_members.hpp"
#include "providers/body/message_json.hpp"

namespace retort::engine {

namespace {

// What came without an answer is a filter's to refuse.
bool has_only_thought(const example& what) {
  return what.output.reasoning != reasoning_place::as_it_came && what.said.calls.empty() &&
         trim(what.said.answer).empty() && !trim(what.of.completion.text).empty();
}

}  // namespace

broken_rule write_prompt_completion(const example& what, io::json_writer& json) {
  if (has_only_thought(what)) return "the answer is more than thinking";
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
