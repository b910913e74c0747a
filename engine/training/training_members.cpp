#include "engine/training/training_members.hpp"

#include <simdjson.h>

#include "engine/sample/line_writer.hpp"
#include "engine/text/text.hpp"
#include "providers/body/finish.hpp"
#include "providers/body/json_parser.hpp"
#include "providers/body/message_json.hpp"

namespace retort::engine {
namespace {

using io::json_writer;

const config& asked_by(const config& run, const sample& of) { return step_of(run, of.key.step); }

bool is_text_prompt(const config& run) { return run.prompt.user.has_value(); }

// The row's own, where it says one.
std::optional<double> temperature_of(const config& asked, const sample& of) {
  if (of.own && of.own->whole.temperature) return of.own->whole.temperature;
  return sampling_of(asked, of.key.variant).temperature;
}

void write_list(json_writer& json, const std::vector<providers::message>& messages) {
  json.open_array();
  for (const auto& one : messages) providers::write_message(json, one);
  json.close_array();
}

void write_whole_list(json_writer& json, std::span<const providers::message> messages) {
  json.open_array();
  for (const auto& one : messages) providers::write_whole_message(json, one);
  json.close_array();
}

void write_question(const config& run, json_writer& json, const sample& of) {
  if (is_text_prompt(run)) {
    json.value(of.messages.empty() ? std::string_view() : of.messages.back().content);
  } else {
    write_list(json, of.messages);
  }
}

std::size_t prompt_length(const config& run, const sample& of) {
  if (of.messages.empty()) return 0;
  if (is_text_prompt(run)) return count_code_points(of.messages.back().content);
  std::size_t sum = 0;
  for (const auto& one : of.messages) sum += count_code_points(one.content);
  return sum;
}

// In our word, where the provider's is known; an answer that simply stopped needs none.
void write_finish(json_writer& json, const providers::completion& answer) {
  using enum providers::finish;
  if (answer.finish == stop) return;
  const bool ours = answer.finish != unknown && answer.finish != other;
  std::string_view theirs = answer.finish_reason;
  if (answer.finish == unknown) theirs = "unknown";
  json.member("finish_reason", ours ? providers::name(answer.finish) : theirs);
}

// `answer` in the place of what the model wrote.
void write_taught(const config& run, json_writer& json, const sample& of, std::string_view answer) {
  write_prompt(run, json, of);
  json.member("completion", answer);
  providers::write_tool_calls(json, of.completion.tool_calls);
  json.key("metadata");
  write_metadata(run, json, of, calls::beside);
}

}  // namespace

void write_metadata(const config& all, json_writer& json, const sample& of, calls where) {
  const config& run = asked_by(all, of);
  json.open_object();
  json.member("sample_id", of.id);
  json.member("model", run.models[model_of(run, of.key.variant)].model);
  json.member("temperature", temperature_of(run, of));
  if (const variation* const varied = variation_of(run, of.key.variant)) {
    json.key("variant");
    json.raw(varied->values);
  }
  json.member("prompt_length", prompt_length(run, of));
  json.member("completion_length", count_code_points(of.completion.text));
  write_finish(json, of.completion);
  write_shortened(json, of.shortened);
  if (where == calls::within) providers::write_tool_calls(json, of.completion.tool_calls);
  json.close_object();
}

void write_training_members(const config& run, json_writer& json, const sample& of) {
  write_taught(run, json, of, of.completion.text);
}

void write_prompt(const config& run, json_writer& json, const sample& of) {
  json.key("prompt");
  write_question(asked_by(run, of), json, of);
}

void write_columns(const output_config& output, const sample& of, json_writer& json) {
  thread_local providers::json_parser parser;
  const std::string object = "{" + of.columns + "}";
  simdjson::dom::element row;
  const bool is_there = !parser.parse(object).get(row);
  for (const std::string& name : output.columns) {
    json.foreign_key(name);
    simdjson::dom::element value;
    if (is_there && !row.at_key(name).get(value)) {
      json.raw(providers::exact_json(value));
    } else {
      json.raw("null");
    }
  }
}

void append_whole_record(const config& run, const output_config& output, const conversation& said,
                         const sample& of, std::string& out) {
  const bool is_as_it_came = output.reasoning == reasoning_place::as_it_came;
  json_writer json(out);
  json.open_object();
  write_taught(run, json, of, said.answer);
  json.key("messages");
  write_whole_list(json, is_as_it_came ? std::span(of.messages) : said.messages);
  json.member("reasoning", is_as_it_came ? of.completion.reasoning : said.reasoning);
  json.member_raw("tools", said.tools.empty() ? "null" : said.tools);
  if (of.reference) json.member("reference", *of.reference);
  if (!of.step.empty()) json.member("step", of.step);
  json.key("scores");
  json.open_object();
  for (const evaluation& one : of.evaluations) {
    json.foreign_key(one.name);
    json.value(one.score);
  }
  json.close_object();
  json.key("columns");
  json.open_object();
  write_columns(output, of, json);
  json.close_object();
  json.close_object();
}

}  // namespace retort::engine
