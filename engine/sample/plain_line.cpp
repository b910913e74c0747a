#include "engine/sample/plain_line.hpp"

#include <simdjson.h>

#include <algorithm>

#include "engine/sample/line_walk.hpp"
#include "providers/body/finish.hpp"

namespace retort::engine {
namespace {

bool take_key(line_walk& from, sample_key& into) {
  const bool is_begun = from.skip(R"({"key":[)") && from.count(into.ordinal) && from.skip(",") &&
                        from.count(into.variant) && from.skip(",") && from.count(into.k);
  if (!is_begun) return false;
  const bool has_step = from.skip(",");
  if (has_step && !(from.count(into.step) && from.skip(",") && from.count(into.from))) return false;
  return from.skip("]");
}

// A word of ours: known, so without escapes.
template <class Named>
bool is_known(std::string_view word, const Named& named) {
  return named(word).has_value();
}

bool take_verdict(line_walk& from, sample& into, verdict_words& words) {
  const auto verdict = from.word(R"(,"verdict":")");
  if (!verdict || !is_known(*verdict, verdict_named)) return false;
  words.verdict = *verdict;
  into.open = from.skip(R"(,"open":true)");
  into.is_unjudged = from.skip(R"(,"unjudged":true)");
  const auto reason = from.word(R"(,"reason":")");
  words.reason = reason.value_or("");
  return !reason || is_known(*reason, reason_named);
}

bool take_hashes(line_walk& from, sample& into) {
  return from.skip(R"(,"row":")") && from.sum(into.row_hash) && from.skip(R"(,"rendered":")") &&
         from.sum(into.rendered) && from.skip(R"(,"judge":")") && from.sum(into.judged_by);
}

// The members of an object behind its brace, each by `take(from)`, which passes its name as well.
template <class Take>
bool take_members(line_walk& from, const Take& take) {
  if (from.skip("}")) return true;
  do {
    if (!take(from)) return false;
  } while (from.skip(","));
  return from.skip("}");
}

// The objects of a list behind its bracket.
template <class Take>
bool take_list(line_walk& from, const Take& take) {
  if (from.skip("]")) return true;
  do {
    if (!from.skip("{") || !take(from)) return false;
  } while (from.skip(","));
  return from.skip("]");
}

bool take_weight(line_walk& from, std::optional<std::int32_t>& into) {
  if (!from.count(into.emplace())) return false;
  return *into <= 1;
}

bool take_message(line_walk& from, providers::message& into) {
  return take_members(from, [&into](line_walk& at) {
    if (at.skip(R"("role":")")) return at.text(into.role);
    if (at.skip(R"("content":")")) return at.text(into.content);
    if (at.skip(R"("name":")")) return at.text(into.name);
    if (at.skip(R"("tool_call_id":")")) return at.text(into.tool_call_id);
    if (at.skip(R"("reasoning_content":")")) return at.text(into.reasoning);
    return at.skip(R"("weight":)") && take_weight(at, into.weight);
  });
}

// In the room of others.
bool take_messages(line_walk& from, std::vector<providers::message>& into) {
  std::size_t count = 0;
  const bool taken = take_list(
      from, [&](line_walk& at) { return take_message(at, empty_message(into, count++)); });
  into.resize(count);
  return taken;
}

bool take_tokens(line_walk& from, std::int64_t& into) {
  if (!from.count(into)) return false;
  into = std::min(into, providers::most_tokens);
  return true;
}

bool take_usage(line_walk& from, providers::usage& into) {
  return from.skip("{") && take_members(from, [&into](line_walk& at) {
           if (at.skip(R"("input":)")) return take_tokens(at, into.input);
           if (at.skip(R"("output":)")) return take_tokens(at, into.output);
           if (at.skip(R"("cached":)")) return take_tokens(at, into.cached);
           if (at.skip(R"("reasoning":)")) return take_tokens(at, into.reasoning);
           return at.skip(R"("cache_written":)") && take_tokens(at, into.cache_written);
         });
}

bool take_score(line_walk& from, std::optional<double>& into) {
  if (!from.skip("null")) return from.decimal(into.emplace());
  into.reset();
  return true;
}

bool take_evaluation(line_walk& from, evaluation& into) {
  return take_members(from, [&into](line_walk& at) {
    if (at.skip(R"("name":")")) return at.text(into.name);
    if (at.skip(R"("score":)")) return take_score(at, into.score);
    if (at.skip(R"("detail":")")) return at.text(into.detail);
    if (at.skip(R"("fingerprint":")")) return at.sum(into.fingerprint);
    if (at.skip(R"("usage":)")) return take_usage(at, into.usage.emplace());
    into.is_earlier = at.skip(R"("earlier":true)");
    return into.is_earlier;
  });
}

bool take_evaluations(line_walk& from, std::vector<evaluation>& into) {
  return take_list(from,
                   [&into](line_walk& at) { return take_evaluation(at, into.emplace_back()); });
}

bool take_finish(line_walk& from, providers::finish& into) {
  const auto word = from.word(R"(,"finish":")");
  if (word) into = providers::finish_named(*word);
  return !word || providers::name(into) == *word;
}

bool take_completion(line_walk& from, providers::completion& into) {
  return from.skip(R"(,"completion":")") && from.text(into.text) &&
         from.any_text(R"(,"reasoning":")", into.reasoning) &&
         from.any_text(R"(,"refusal":")", into.refusal) &&
         from.any_text(R"(,"finish_reason":")", into.finish_reason) &&
         take_finish(from, into.finish) && from.any_text(R"(,"model":")", into.model) &&
         from.any_text(R"(,"request_id":")", into.request_id) &&
         from.any_text(R"(,"service_tier":")", into.service_tier) &&
         (!from.skip(R"(,"usage":)") || take_usage(from, into.usage));
}

bool take_times(line_walk& from, sample& into) {
  return from.any_count(R"(,"attempts":)", into.attempts) &&
         from.any_count(R"(,"finished_at_ms":)", into.finished_at_ms) &&
         from.any_count(R"(,"latency_us":)", into.latency_us) &&
         from.any_count(R"(,"first_byte_us":)", into.first_byte_us) &&
         from.any_count(R"(,"first_token_us":)", into.first_token_us) &&
         from.any_count(R"(,"last_token_us":)", into.last_token_us);
}

bool is_at_seal(line_walk& from) {
  std::uint64_t seal = 0;
  if (from.skip(R"(,"sum":")") && !from.sum(seal)) return false;
  return from.skip("}") && from.is_at_end();
}

}  // namespace

providers::message& empty_message(std::vector<providers::message>& in, std::size_t place) {
  if (place == in.size()) in.emplace_back();
  auto& one = in[place];
  for (std::string* text :
       {&one.role, &one.content, &one.name, &one.tool_call_id, &one.reasoning}) {
    text->clear();
  }
  one.weight.reset();
  one.tool_calls.clear();
  return one;
}

bool read_plain_line(std::string_view line, sample& into, verdict_words& words,
                     std::vector<providers::message>& room) {
  line_walk from(line);
  const bool is_begun = take_key(from, into.key) && from.any_text(R"(,"step":")", into.step) &&
                        take_verdict(from, into, words) && take_hashes(from, into);
  if (!is_begun) return false;
  into.has_more = from.skip(R"(,"more":true)");
  if (!from.any_text(R"(,"id":")", into.id) || !from.skip(R"(,"messages":[)")) return false;
  std::swap(into.messages, room);
  if (!take_messages(from, into.messages)) return false;
  if (from.skip(R"(,"reference":")") && !from.text(into.reference.emplace())) return false;
  if (!take_completion(from, into.completion)) return false;
  into.is_earlier = from.skip(R"(,"earlier":true)");
  return (!from.skip(R"(,"evaluations":[)") || take_evaluations(from, into.evaluations)) &&
         from.any_text(R"(,"detail":")", into.reject_detail) &&
         from.any_text(R"(,"endpoint":")", into.endpoint) && take_times(from, into) &&
         is_at_seal(from) && simdjson::validate_utf8(line);
}

}  // namespace retort::engine
