// OpenAI's Responses: platform.openai.com/docs/api-reference/responses.
#include "tools/mock/openai.hpp"

namespace retort::mock {
namespace {

api_error invalid(std::string message, std::string_view param) {
  return {400, std::move(message), param};
}

// Items that are no messages (calls and their results) say nothing here.
void add_item(question& to, json_element item) {
  json_element content;
  if (item["content"].get(content)) return;
  std::optional<std::string> text = content_text(content);
  if (text) add_content(to, text_at(item["role"]), std::move(*text));
}

// A text, or a list of items; false when it is neither.
bool add_input(question& to, json_result input) {
  simdjson::dom::array items;
  if (input.get(items)) {
    add_content(to, "user", std::string(text_at(input)));
    return !text_at(input).empty();
  }
  for (const json_element item : items) add_item(to, item);
  return items.size() > 0;
}

bool wants_logprobs(json_element body) {
  simdjson::dom::array list;
  if (body["include"].get(list)) return false;
  for (const json_element each : list) {
    if (text_at(json_result(json_element(each))) == "message.output_text.logprobs") return true;
  }
  return false;
}

std::string id_of(std::string_view kind, const reply& said) {
  return std::string(kind) + "_mock_" + std::to_string(said.number);
}

std::string_view status_of(const reply& said) {
  return said.cut_short ? "incomplete" : "completed";
}

void write_summary(io::json_writer& json, std::string_view text) {
  json.member("type", "summary_text");
  json.member("text", text);
}

void write_reasoning(io::json_writer& json, const reply& said) {
  json.member("type", "reasoning");
  json.member("id", id_of("rs", said));
  write_array(json, "summary",
              [&] { write_object(json, [&] { write_summary(json, said.reasoning); }); });
}

void write_text(io::json_writer& json, const reply& said, std::string_view text) {
  json.member("type", "output_text");
  json.member("text", text);
  json.member_raw("annotations", "[]");
  write_logprobs(json, "logprobs", said.to.logprobs ? text : "", said.to.logprobs.value_or(0));
}

void write_message(io::json_writer& json, const reply& said) {
  json.member("type", "message");
  json.member("id", id_of("msg", said));
  json.member("status", status_of(said));
  json.member("role", "assistant");
  write_array(json, "content",
              [&] { write_object(json, [&] { write_text(json, said, said.text); }); });
}

void write_call(io::json_writer& json, const reply& said, std::string_view arguments) {
  json.member("type", "function_call");
  json.member("id", id_of("fc", said));
  json.member("call_id", id_of("call", said));
  json.member("name", said.to.tool);
  json.member("arguments", arguments);
  json.member("status", status_of(said));
}

void write_answer(io::json_writer& json, const reply& said) {
  said.is_call() ? write_call(json, said, said.text) : write_message(json, said);
}

void write_output(io::json_writer& json, const reply& said) {
  write_array(json, "output", [&] {
    if (!said.reasoning.empty()) write_object(json, [&] { write_reasoning(json, said); });
    write_object(json, [&] { write_answer(json, said); });
  });
}

// Input includes what was cached, output what was reasoned.
void write_usage(io::json_writer& json, const reply& said) {
  const std::uint64_t input = said.to.prompt_tokens(), output = said.output_tokens();
  write_object(json, "usage", [&] {
    json.member("input_tokens", input);
    write_object(json, "input_tokens_details", [&] { json.member("cached_tokens", 0); });
    json.member("output_tokens", output);
    write_object(json, "output_tokens_details",
                 [&] { json.member("reasoning_tokens", said.reasoning_tokens); });
    json.member("total_tokens", input + output);
  });
}

void write_head(io::json_writer& json, const reply& said, std::string_view status) {
  json.member("id", id_of("resp", said));
  json.member("object", "response");
  json.member("created_at", said.created);
  json.member("status", status);
  json.member_raw("error", "null");
  json.member_raw("incomplete_details",
                  status == "incomplete" ? R"({"reason":"max_output_tokens"})" : "null");
  json.member("model", said.to.model);
  json.member("parallel_tool_calls", true);
  json.member("tool_choice", "auto");
  json.member_raw("tools", "[]");
}

void write_response(io::json_writer& json, const reply& said) {
  write_head(json, said, status_of(said));
  write_output(json, said);
  write_usage(json, said);
}

class responses final : public openai {
 public:
  boost::system::result<question, api_error> read(std::string_view,
                                                  json_element body) const override {
    question asked;
    asked.model = text_at(body["model"]);
    if (asked.model.empty()) return invalid("You must provide a model, as a string.", "model");
    add_content(asked, "system", std::string(text_at(body["instructions"])));
    if (!add_input(asked, body["input"])) {
      return invalid("You must provide an input: a text, or a list of items.", "input");
    }
    asked.max_tokens = count_at(body["max_output_tokens"]);
    if (wants_logprobs(body)) asked.logprobs = count_at(body["top_logprobs"]);
    if (asked.logprobs > most_alternatives) {
      return invalid("Expected at most 20 top_logprobs.", "top_logprobs");
    }
    asked.tool = forced_tool(body, body["tool_choice"]["name"], body["tools"].at(0)["name"]);
    return asked;
  }

  std::string whole(const reply& said) const override {
    return object_text([&](io::json_writer& json) { write_response(json, said); });
  }
};

}  // namespace

const dialect& openai_responses() {
  static const responses spoken;
  return spoken;
}

}  // namespace retort::mock
