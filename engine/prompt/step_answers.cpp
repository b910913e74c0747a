#include "engine/prompt/step_answers.hpp"

#include <simdjson.h>

#include "engine/answers/answer_text.hpp"
#include "engine/answers/json_answer.hpp"
#include "engine/text/text.hpp"
#include "io/base/json_writer.hpp"
#include "providers/body/json_parser.hpp"

namespace retort::engine {
namespace {

// On one line; "" where it is none.
std::string valid_json(std::string_view text) {
  static thread_local providers::json_parser parser;
  simdjson::dom::element value;
  if (text.empty() || parse_any_numbers(parser, text).get(value)) return "";
  return providers::exact_json(value);
}

std::string json_in(std::string_view answer) {
  std::string whole = valid_json(trim(answer));
  return whole.empty() ? valid_json(last_json(answer)) : whole;
}

}  // namespace

std::string answer_fields(const providers::completion& of) {
  const std::string_view answer = answer_part(of.text);
  const std::string json_part = json_in(answer);
  std::string out;
  io::json_writer json(out);
  json.open_object();
  json.member("text", answer);
  json.member("reasoning", of.reasoning);
  if (!json_part.empty()) {
    json.key("json");
    json.raw(json_part);
  }
  json.close_object();
  return out;
}

std::string steps_context(
    std::span<const std::pair<std::string_view, std::string_view>> named_fields) {
  std::string out;
  io::json_writer json(out);
  json.open_object();
  json.key("steps");
  json.open_object();
  for (const auto& [name, fields] : named_fields) {
    json.foreign_key(name);
    json.raw(fields);
  }
  json.close_object();
  json.close_object();
  return out;
}

}  // namespace retort::engine
