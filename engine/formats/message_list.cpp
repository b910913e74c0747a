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

// As providers::write_message(), left open.
void begin_message(json_writer& json, const message& one) {
  json.open_object();
  json.member("role", one.role);
  if (one.content.empty() && !one.tool_calls.empty()) {
    json.member_raw("content", "null");
  } else {
    json.member("content", one.content);
  }
  if (!one.name.empty()) json.member("name", one.name);
  if (!one.tool_call_id.empty()) json.member("tool_call_id", one.tool_call_id);
}

}  // namespace

void write_prompt_messages(json_writer& json, const example& what) {
  for (const message& one : what.said.messages) {
    begin_message(json, one);
    write_calls(json, one, what);
    json.close_object();
  }
}

void write_reasoning(json_writer& json, const example& what) {
  if (what.said.reasoning.empty()) return;
  json.foreign_key(what.output.reasoning_field);
  json.value(what.said.reasoning);
}

void write_answer_message(json_writer& json, const example& what) {
  message answer{"assistant", std::string(what.said.answer)};
  answer.tool_calls.assign(what.said.calls.begin(), what.said.calls.end());
  begin_message(json, answer);
  write_reasoning(json, what);
  write_calls(json, answer, what);
  json.close_object();
}

void write_prompt_list(json_writer& json, std::string_view name, const example& what) {
  json.key(name);
  json.open_array();
  write_prompt_messages(json, what);
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
