#include "engine/views/training_line.hpp"

#include "engine/text/text.hpp"
#include "io/base/json_writer.hpp"
#include "providers/body/finish.hpp"
#include "providers/body/message_json.hpp"

namespace retort::engine {
namespace {

using io::json_writer;

bool is_text_prompt(const config& run) { return run.prompt.user.has_value(); }

void write_list(json_writer& json, const std::vector<providers::message>& messages) {
  json.open_array();
  for (const auto& one : messages) providers::write_message(json, one);
  json.close_array();
}

void write_prompt(const config& run, json_writer& json, const sample& of) {
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

// Where the calls have a place of their own, and where (CSV) they have none.
enum class calls { beside, within };

void write_metadata(const config& run, json_writer& json, const sample& of, calls where) {
  json.open_object();
  json.member("sample_id", of.id);
  json.member("model", run.models[of.key.variant].model);
  json.key("temperature");
  if (run.sampling.temperature) {
    json.value(*run.sampling.temperature);
  } else {
    json.raw("null");
  }
  json.member("prompt_length", prompt_length(run, of));
  json.member("completion_length", count_code_points(of.completion.text));
  write_finish(json, of.completion);
  if (where == calls::within) providers::write_tool_calls(json, of.completion.tool_calls);
  json.close_object();
}

void write_record(const config& run, json_writer& json, const sample& of) {
  json.key("prompt");
  write_prompt(run, json, of);
  json.member("completion", of.completion.text);
  providers::write_tool_calls(json, of.completion.tool_calls);
  json.key("metadata");
  write_metadata(run, json, of, calls::beside);
}

void write_judgement(json_writer& json, const sample& of) {
  json.member("reason", of.rejected ? name(*of.rejected) : std::string_view());
  if (of.reference) json.member("reference", *of.reference);
  json.key("evaluations");
  json.open_array();
  for (const auto& one : of.evaluations) {
    json.open_object();
    json.member("name", one.name);
    json.member("score", one.score);
    json.member("detail", one.detail);
    json.close_object();
  }
  json.close_array();
}

// RFC 4180: every field quoted, quotes doubled.
void append_csv_field(std::string& out, std::string_view text) {
  out += '"';
  for (const char c : text) {
    if (c == '"') out += '"';
    out += c;
  }
  out += '"';
}

void append_csv_line(const config& run, const sample& of, std::string& out) {
  std::string prompt, metadata;
  if (is_text_prompt(run)) {
    prompt = of.messages.empty() ? std::string() : of.messages.back().content;
  } else {
    json_writer json(prompt);
    write_list(json, of.messages);
  }
  json_writer json(metadata);
  write_metadata(run, json, of, calls::within);
  append_csv_field(out, prompt);
  out += ',';
  append_csv_field(out, of.completion.text);
  out += ',';
  append_csv_field(out, metadata);
  out += "\r\n";
}

}  // namespace

std::string_view training_header(output_format format) {
  return format == output_format::csv ? "prompt,completion,metadata\r\n" : "";
}

void append_training_line(const config& run, const sample& accepted, std::string& out) {
  if (run.output.format == output_format::csv) return append_csv_line(run, accepted, out);
  json_writer json(out);
  json.open_object();
  write_record(run, json, accepted);
  json.close_object();
  out += '\n';
}

void append_rejected_line(const config& run, const sample& rejected, std::string& out) {
  json_writer json(out);
  json.open_object();
  write_record(run, json, rejected);
  write_judgement(json, rejected);
  json.close_object();
  out += '\n';
}

}  // namespace retort::engine
