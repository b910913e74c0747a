#include "engine/formats/openai_batch.hpp"

#include <fmt/format.h>

#include "engine/formats/message_list.hpp"
#include "providers/body/finish.hpp"

namespace retort::engine {
namespace {

using io::json_writer;

// Two samples of one record are two requests.
std::string name_of_request(const example& what) {
  const config& asked = step_of(what.run, what.of.key.step);
  const bool is_alone = asked.samples.n == 1 && asked.models.size() * combinations_of(asked) == 1 &&
                        !what.of.key.from;
  if (is_alone) return what.of.id;
  const auto& key = what.of.key;
  return fmt::format("{}#{}.{}.{}", what.of.id, key.from, key.variant, key.k);
}

std::string_view finish_word(const providers::completion& said) {
  using enum providers::finish;
  if (said.finish == unknown || said.finish == other || said.finish == refusal) return "stop";
  return providers::name(said.finish);
}

void write_choice(json_writer& json, const example& what) {
  json.open_object();
  json.member("index", 0);
  json.key("message");
  write_answer_message(json, what);
  json.member("finish_reason", finish_word(what.of.completion));
  json.close_object();
}

void write_usage(json_writer& json, const providers::usage& used) {
  if (used.input < 0 || used.output < 0) return;
  json.key("usage");
  json.open_object();
  json.member("prompt_tokens", used.input);
  json.member("completion_tokens", used.output);
  json.member("total_tokens", used.input + used.output);
  json.close_object();
}

void write_body(json_writer& json, const example& what) {
  const auto& said = what.of.completion;
  json.open_object();
  json.member("id", said.request_id);
  json.member("object", "chat.completion");
  json.member("created", what.of.finished_at_ms / 1000);
  json.member("model", said.model);
  json.key("choices");
  json.open_array();
  write_choice(json, what);
  json.close_array();
  write_usage(json, said.usage);
  json.close_object();
}

}  // namespace

broken_rule write_openai_batch(const example& what, json_writer& json) {
  const std::string name = name_of_request(what);
  json.member("id", "batch_req_" + name);
  json.member("custom_id", name);
  json.key("response");
  json.open_object();
  json.member("status_code", 200);
  json.member("request_id", what.of.completion.request_id);
  json.key("body");
  write_body(json, what);
  json.close_object();
  json.member_raw("error", "null");
  return {};
}

}  // namespace retort::engine
