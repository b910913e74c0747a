#include "providers/body/tools.hpp"

#include "io/base/json_writer.hpp"
#include "providers/body/json_body.hpp"
#include "providers/body/json_fields.hpp"

namespace retort::providers {
namespace {

using simdjson::dom::element;

// Anthropic's has a schema always; Gemini answers 400 to a member that it does not know, and knows
// no "strict".
void write_function(io::json_writer& json, tool_form form, element function) {
  bool has_schema = false;
  json.open_object();
  if (form == tool_form::flat) json.member("type", "function");
  for_members(found(function), [&](std::string_view key, element value) {
    if (form == tool_form::gemini && key == "strict") return;
    const bool renamed = form == tool_form::anthropic && key == "parameters";
    has_schema |= renamed;
    json.foreign_key(renamed ? "input_schema" : key);
    json.raw(exact_json(value));
  });
  if (form == tool_form::anthropic && !has_schema) {
    json.member_raw("input_schema", R"({"type":"object"})");
  }
  json.close_object();
}

void write_functions(io::json_writer& json, tool_form form, std::string_view tools) {
  json.open_array();
  for_elements(parse_json_body(tools), [&](element tool) {
    element function;
    if (!tool["function"].get(function)) write_function(json, form, function);
  });
  json.close_array();
}

std::string translated(tool_form form, std::string_view tools) {
  std::string out;
  io::json_writer json(out);
  const bool wrapped = form == tool_form::gemini;
  if (wrapped) {
    json.open_array();
    json.open_object();
    json.key("functionDeclarations");
  }
  write_functions(json, form, tools);
  if (wrapped) {
    json.close_object();
    json.close_array();
  }
  return out;
}

}  // namespace

const std::string& translate_tools(tool_form form, std::string_view tools) {
  struct memo {
    std::string tools, translated;
  };
  thread_local memo memos[3];
  memo& known = memos[static_cast<int>(form)];
  if (known.tools != tools) known = {std::string(tools), translated(form, tools)};
  return known.translated;
}

std::string tools_problem(std::string_view tools) {
  constexpr std::string_view expected =
      R"(expected a list of {"type": "function", "function": {"name": ..., "parameters": ...}})";
  simdjson::dom::array list;
  if (parse_json_body(tools).get(list)) return std::string(expected);
  for (const element tool : list) {
    if (text_at(tool["function"]["name"]).empty()) return std::string(expected);
  }
  return "";
}

}  // namespace retort::providers
