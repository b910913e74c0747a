#include "engine/sample/line_writer.hpp"

#include "io/base/hex.hpp"
#include "io/base/json_writer.hpp"
#include "providers/body/finish.hpp"
#include "providers/body/message_json.hpp"

namespace retort::engine {
namespace {

using io::json_writer;

// Members are written in this order; read_line_head() leans on that of the first.
void write_messages(json_writer& json, const std::vector<providers::message>& messages) {
  json.key("messages");
  json.open_array();
  for (const auto& one : messages) providers::write_whole_message(json, one);
  json.close_array();
}

void write_usage(json_writer& json, const providers::usage& usage) {
  json.key("usage");
  json.open_object();
  if (usage.input >= 0) json.member("input", usage.input);
  if (usage.cached >= 0) json.member("cached", usage.cached);
  if (usage.output >= 0) json.member("output", usage.output);
  if (usage.reasoning >= 0) json.member("reasoning", usage.reasoning);
  if (usage.cache_written >= 0) json.member("cache_written", usage.cache_written);
  json.close_object();
}

void write_text(json_writer& json, std::string_view name, const std::string& text) {
  if (!text.empty()) json.member(name, text);
}

void write_time(json_writer& json, std::string_view name, std::int64_t us) {
  if (us > 0) json.member(name, us);
}

// ["token", logprob], left open where others follow.
void write_scored(json_writer& json, const providers::scored_token& one, bool others_follow) {
  json.open_array();
  json.value(one.text);
  json.value(one.logprob);
  if (!others_follow) json.close_array();
}

// ["token", logprob, ["other", logprob], ...] for each chosen token, with the likeliest at its
// place.
void write_logprobs(json_writer& json, const std::vector<providers::scored_token>& tokens) {
  if (tokens.empty()) return;
  json.key("logprobs");
  json.open_array();
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    const bool has_others = i + 1 < tokens.size() && tokens[i + 1].rank != 0;
    write_scored(json, tokens[i], tokens[i].rank == 0 && has_others);
    if (tokens[i].rank != 0 && !has_others) json.close_array();
  }
  json.close_array();
}

void write_calls(json_writer& json, const std::vector<providers::tool_call>& calls) {
  if (calls.empty()) return;
  json.key("tool_calls");
  json.open_array();
  for (const auto& one : calls) {
    json.open_object();
    write_text(json, "id", one.id);
    json.member("name", one.name);
    json.member("arguments", one.arguments);
    json.close_object();
  }
  json.close_array();
}

// Left out where finish_reason is the same word.
void write_finish(json_writer& json, const providers::completion& what) {
  const std::string_view word = providers::name(what.finish);
  if (!word.empty() && word != what.finish_reason) json.member("finish", word);
}

void write_completion(json_writer& json, const providers::completion& what) {
  json.member("completion", what.text);
  write_text(json, "reasoning", what.reasoning);
  write_text(json, "refusal", what.refusal);
  write_text(json, "finish_reason", what.finish_reason);
  write_finish(json, what);
  write_text(json, "model", what.model);
  write_text(json, "request_id", what.request_id);
  write_text(json, "service_tier", what.service_tier);
  write_usage(json, what.usage);
  write_calls(json, what.tool_calls);
  write_logprobs(json, what.logprobs);
}

void write_failure(json_writer& json, const providers::failure& why) {
  json.key("failure");
  json.open_object();
  json.member("kind", providers::name(why.kind));
  if (why.status) json.member("status", why.status);
  json.member("message", why.message);
  json.close_object();
}

void write_hash(json_writer& json, std::string_view name, std::uint64_t hash) {
  const auto hex = io::to_hex(hash);
  json.member(name, std::string_view(hex.data(), hex.size()));
}

void write_votes(json_writer& json, const std::vector<double>& votes) {
  if (votes.empty()) return;
  json.key("votes");
  json.open_array();
  for (const double one : votes) json.value(one);
  json.close_array();
}

void write_evaluations(json_writer& json, const std::vector<evaluation>& evaluations) {
  if (evaluations.empty()) return;
  json.key("evaluations");
  json.open_array();
  for (const auto& one : evaluations) {
    json.open_object();
    json.member("name", one.name);
    json.member("score", one.score);
    json.member("detail", one.detail);
    if (one.fingerprint) write_hash(json, "fingerprint", one.fingerprint);
    if (one.usage) write_usage(json, *one.usage);
    if (one.is_earlier) json.member("earlier", true);
    write_votes(json, one.votes);
    json.close_object();
  }
  json.close_array();
}

}  // namespace

void write_shortened(io::json_writer& json, const shortening& by) {
  if (!by) return;
  json.key("shortened");
  json.open_object();
  if (by.max_tokens) json.member("max_tokens", *by.max_tokens);
  if (by.cut) json.member("cut", by.cut);
  json.close_object();
}

void append_ledger_line(const sample& done, std::string& out) {
  json_writer json(out);
  json.open_object();
  json.key("key");
  json.open_array();
  json.value(done.key.ordinal);
  json.value(done.key.variant);
  json.value(done.key.k);
  if (!done.step.empty()) {
    json.value(done.key.step);
    json.value(done.key.from);
  }
  json.close_array();
  write_text(json, "step", done.step);
  json.member("verdict", name(done.verdict()));
  if (done.is_open()) json.member("open", true);
  if (done.is_unjudged) json.member("unjudged", true);
  if (done.rejected && !done.is_unjudged) json.member("reason", name(*done.rejected));
  write_hash(json, "row", done.row_hash);
  write_hash(json, "rendered", done.rendered);
  write_hash(json, "judge", done.judged_by);
  if (done.has_more) json.member("more", true);
  json.member("id", done.id);
  write_messages(json, done.messages);
  write_shortened(json, done.shortened);
  if (done.own) json.member_raw("sampling", done.own->said);
  if (done.reference) json.member("reference", *done.reference);
  if (!done.columns.empty()) json.member_raw("columns", '{' + done.columns + '}');
  if (done.failure) {
    write_failure(json, *done.failure);
  } else {
    write_completion(json, done.completion);
  }
  if (done.is_earlier) json.member("earlier", true);
  write_evaluations(json, done.evaluations);
  write_text(json, "detail", done.reject_detail);
  write_text(json, "endpoint", done.endpoint);
  json.member("attempts", done.attempts);
  json.member("finished_at_ms", done.finished_at_ms);
  json.member("latency_us", done.latency_us);
  write_time(json, "first_byte_us", done.first_byte_us);
  write_time(json, "first_token_us", done.first_token_us);
  write_time(json, "last_token_us", done.last_token_us);
  json.close_object();
}

}  // namespace retort::engine
