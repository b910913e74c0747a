#include "engine/formats/gemini.hpp"

#include <simdjson.h>

#include <algorithm>

#include "engine/formats/call_arguments.hpp"
#include "engine/formats/chat_rules.hpp"
#include "engine/text/text.hpp"
#include "providers/body/json_parser.hpp"

namespace retort::engine {
namespace {

using io::json_writer;
using providers::message;
using providers::tool_call;

void write_text_part(json_writer& json, std::string_view text) {
  json.open_object();
  json.member("text", text);
  json.close_object();
}

void write_call_part(json_writer& json, const tool_call& call) {
  json.open_object();
  json.key("functionCall");
  json.open_object();
  json.member("name", call.name);
  json.member_raw("args", exact_object(call.arguments).value_or("{}"));
  json.close_object();
  json.close_object();
}

void write_model(json_writer& json, std::string_view text, std::span<const tool_call> calls) {
  json.open_object();
  json.member("role", "model");
  json.key("parts");
  json.open_array();
  if (!text.empty()) write_text_part(json, text);
  for (const tool_call& one : calls) write_call_part(json, one);
  json.close_array();
  json.close_object();
}

// A tool's message names the call, and a response the function.
std::string_view name_of(const message& one, const message& caller) {
  const auto called = std::ranges::find(caller.tool_calls, one.tool_call_id, &tool_call::id);
  if (called != caller.tool_calls.end()) return called->name;
  return one.name.empty() ? caller.tool_calls.front().name : one.name;
}

void write_response_part(json_writer& json, const message& one, const message& caller) {
  json.open_object();
  json.key("functionResponse");
  json.open_object();
  json.member("name", name_of(one, caller));
  json.key("response");
  if (const auto object = exact_object(one.content)) {
    json.raw(*object);
  } else {
    json.open_object();
    json.member("output", one.content);
    json.close_object();
  }
  json.close_object();
  json.close_object();
}

// Tools that answer one message answer in one turn; returns how many messages that is.
std::size_t write_responses(json_writer& json, std::span<const message> turns, std::size_t from) {
  json.open_object();
  json.member("role", "user");
  json.key("parts");
  json.open_array();
  std::size_t n = from;
  for (; n < turns.size() && turns[n].role == "tool"; ++n) {
    write_response_part(json, turns[n], turns[from - 1]);
  }
  json.close_array();
  json.close_object();
  return n - from;
}

void write_contents(json_writer& json, std::span<const message> turns) {
  for (std::size_t n = 0; n < turns.size();) {
    const message& one = turns[n];
    if (one.role == "tool") {
      n += write_responses(json, turns, n);
      continue;
    }
    if (one.role == "assistant") {
      write_model(json, one.content, one.tool_calls);
    } else {
      write_gemini_text(json, "user", one.content);
    }
    ++n;
  }
}

void write_declarations(json_writer& json, std::string_view tools) {
  providers::json_parser parser;
  simdjson::dom::array list;
  if (tools.empty() || parse_any_numbers(parser, tools).get(list)) return;
  json.key("tools");
  json.open_array();
  json.open_object();
  json.key("functionDeclarations");
  json.open_array();
  for (const simdjson::dom::element one : list) {
    simdjson::dom::element function;
    if (!one["function"].get(function)) json.raw(providers::exact_json(function));
  }
  json.close_array();
  json.close_object();
  json.close_array();
}

// A turn without parts is none to Vertex.
bool is_empty_answer(const message& one) {
  return one.role == "assistant" && one.tool_calls.empty() && trim(one.content).empty();
}

}  // namespace

void write_gemini_text(json_writer& json, std::string_view role, std::string_view text) {
  json.open_object();
  json.member("role", role);
  json.key("parts");
  json.open_array();
  write_text_part(json, text);
  json.close_array();
  json.close_object();
}

broken_rule write_gemini(const example& what, json_writer& json) {
  const auto broken = rule_broken_by(what.said, {.takes_turns = true});
  if (!broken.empty()) return broken;
  if (std::ranges::any_of(what.said.turns, is_empty_answer)) {
    return "each turn of the assistant says or calls something";
  }
  if (!what.said.system.empty()) {
    json.key("systemInstruction");
    write_gemini_text(json, "system", what.said.system);
  }
  json.key("contents");
  json.open_array();
  write_contents(json, what.said.turns);
  write_model(json, what.said.answer, what.said.calls);
  json.close_array();
  write_declarations(json, what.said.tools);
  return {};
}

}  // namespace retort::engine
