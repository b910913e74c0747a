#include "providers/body/message_json.hpp"

namespace retort::providers {
namespace {

void write_call(io::json_writer& json, const tool_call& call) {
  json.open_object();
  if (!call.id.empty()) json.member("id", call.id);
  json.member("type", "function");
  json.key("function");
  json.open_object();
  json.member("name", call.name);
  json.member("arguments", call.arguments);
  json.close_object();
  json.close_object();
}

}  // namespace

void write_tool_calls(io::json_writer& json, const std::vector<tool_call>& calls) {
  if (calls.empty()) return;
  json.key("tool_calls");
  json.open_array();
  for (const tool_call& each : calls) write_call(json, each);
  json.close_array();
}

void write_message(io::json_writer& json, const message& one) {
  begin_message(json, one);
  write_tool_calls(json, one.tool_calls);
  json.close_object();
}

void write_whole_message(io::json_writer& json, const message& one) {
  begin_message(json, one);
  if (!one.reasoning.empty()) json.member("reasoning_content", one.reasoning);
  if (one.weight) json.member("weight", *one.weight);
  write_tool_calls(json, one.tool_calls);
  json.close_object();
}

void begin_message(io::json_writer& json, const message& one) {
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

}  // namespace retort::providers
