#include "engine/formats/message_list.hpp"

#include "engine/formats/call_arguments.hpp"
#include "providers/body/message_json.hpp"

namespace retort::engine {
namespace {

using io::json_writer;
using providers::message;

void write_call(json_writer& json, const providers::tool_call& call) {
  json.open_object();
  if (!call.id.empty()) json.member("id", call.id);
  json.member("type", "function");
  json.key("function");
  json.open_object();
  json.member("name", call.name);
  if (const auto object = exact_object(call.arguments)) {
    json.member_raw("arguments", *object);
  } else {
    json.member("arguments", call.arguments);  // what is no object stays what it is
  }
  json.close_object();
  json.close_object();
}

void write_calls(json_writer& json, const message& of, const example& what) {
  if (of.tool_calls.empty()) return;
  if (!what.output.has_argument_objects) return providers::write_tool_calls(json, of.tool_calls);
  json.key("tool_calls");
  json.open_array();
  for (const auto& call : of.tool_calls) write_call(json, call);
  json.close_array();
}

void write_beside(json_writer& json, const example& what, std::string_view reasoning) {
  if (reasoning.empty()) return;
  json.foreign_key(what.output.reasoning_field);
  json.value(reasoning);
}

using weight = std::optional<std::int32_t>;

void write_one(json_writer& json, const example& what, const message& one, weight taught = {}) {
  providers::begin_message(json, one);
  write_beside(json, what, one.reasoning);
  if (taught) json.member("weight", *taught);
  write_calls(json, one, what);
  json.close_object();
}

message answer_of(const example& what) {
  message out{"assistant", std::string(what.said.answer)};
  out.tool_calls.assign(what.said.calls.begin(), what.said.calls.end());
  out.reasoning = what.said.reasoning;
  return out;
}

}  // namespace

void write_reasoning(json_writer& json, const example& what) {
  write_beside(json, what, what.said.reasoning);
}

void write_answer_message(json_writer& json, const example& what) {
  write_one(json, what, answer_of(what));
}

// Where some turns say whether they are taught, the answer says so too: not every consumer takes
// what is not said for a 1.
void write_conversation(json_writer& json, const example& what) {
  weight of_answer;
  for (const message& one : what.said.messages) {
    write_one(json, what, one, one.weight);
    if (one.weight) of_answer = 1;
  }
  write_one(json, what, answer_of(what), of_answer);
}

void write_prompt_list(json_writer& json, std::string_view name, const example& what) {
  json.key(name);
  json.open_array();
  for (const message& one : what.said.messages) write_one(json, what, one);
  json.close_array();
}

void write_answer_list(json_writer& json, std::string_view name, const example& what) {
  json.key(name);
  json.open_array();
  write_answer_message(json, what);
  json.close_array();
}

void write_tools(json_writer& json, const example& what) {
  if (!what.said.tools.empty()) json.member_raw("tools", what.said.tools);
}

}  // namespace retort::engine
