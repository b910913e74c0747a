#include "engine/formats/llama_factory.hpp"

#include <filesystem>

#include "engine/formats/call_arguments.hpp"
#include "engine/formats/chat_rules.hpp"

namespace retort::engine {
namespace {

using io::json_writer;
using providers::tool_call;

// {"name", "arguments"}; of several calls their list.
std::string text_of_calls(std::span<const tool_call> calls) {
  std::string out;
  json_writer json(out);
  if (calls.size() > 1) json.open_array();
  for (const tool_call& one : calls) {
    json.open_object();
    json.member("name", one.name);
    json.member_raw("arguments", exact_object(one.arguments).value_or("{}"));
    json.close_object();
  }
  if (calls.size() > 1) json.close_array();
  return out;
}

void write_turn(json_writer& json, std::string_view from, std::string_view value) {
  json.open_object();
  json.member("from", from);
  json.member("value", value);
  json.close_object();
}

// A turn is words or calls: there is no place for both.
broken_rule write_assistant(json_writer& json, std::string_view text,
                            std::span<const tool_call> calls) {
  if (!calls.empty() && !text.empty()) return "a turn is words or calls of tools, not both";
  if (calls.empty()) {
    write_turn(json, "gpt", text);
  } else {
    write_turn(json, "function_call", text_of_calls(calls));
  }
  return {};
}

broken_rule write_message_turn(json_writer& json, const providers::message& one, bool is_odd) {
  if ((one.role == "assistant") == is_odd) {
    return "human and observation, gpt and function_call take turns";
  }
  if (one.role == "assistant") return write_assistant(json, one.content, one.tool_calls);
  write_turn(json, one.role == "tool" ? "observation" : "human", one.content);
  return {};
}

void write_info_columns(json_writer& json, const std::vector<std::string_view>& names) {
  json.key("columns");
  json.open_object();
  for (std::size_t i = 0; i + 1 < names.size(); i += 2) json.member(names[i], names[i + 1]);
  json.close_object();
}

}  // namespace

broken_rule write_sharegpt(const example& what, json_writer& json) {
  broken_rule broken = rule_broken_by(what.said, {});
  if (!broken.empty()) return broken;
  json.key("conversations");
  json.open_array();
  bool is_odd = true;
  for (const auto& one : what.said.turns) {
    if (broken.empty()) broken = write_message_turn(json, one, is_odd);
    is_odd = !is_odd;
  }
  if (is_odd && broken.empty()) broken = "human and observation, gpt and function_call take turns";
  if (broken.empty()) broken = write_assistant(json, what.said.answer, what.said.calls);
  json.close_array();
  json.member("system", what.said.system);
  json.member("tools", what.said.tools);
  return broken;
}

broken_rule write_alpaca(const example& what, json_writer& json) {
  const auto broken = rule_broken_by(what.said, {.has_calls = false, .takes_turns = true});
  if (!broken.empty()) return broken;
  const auto turns = what.said.turns;
  json.member("instruction", turns.back().content);
  json.member("input", "");
  json.member("output", what.said.answer);
  json.member("system", what.said.system);
  json.key("history");
  json.open_array();
  for (std::size_t n = 0; n + 2 < turns.size(); n += 2) {
    json.open_array();
    json.value(turns[n].content);
    json.value(turns[n + 1].content);
    json.close_array();
  }
  json.close_array();
  return {};
}

void write_dataset_info(const output_config& of, const std::string& path, std::string_view name,
                        json_writer& json) {
  const std::filesystem::path file(path);
  json.foreign_key(name);
  json.open_object();
  json.member("file_name", file.filename().string());
  json.member("formatting", of.format);
  if (of.format == "sharegpt") {
    write_info_columns(json, {"messages", "conversations", "system", "system", "tools", "tools"});
  } else {
    write_info_columns(json, {"prompt", "instruction", "query", "input", "response", "output",
                              "system", "system", "history", "history"});
  }
  json.close_object();
}

}  // namespace retort::engine
