#include "engine/sample.hpp"

#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>
#include <charconv>
#include <concepts>
#include <limits>

#include "engine/shown_text.hpp"
#include "io/hex.hpp"
#include "io/json_writer.hpp"
#include "providers/finish.hpp"
#include "providers/json_fields.hpp"
#include "providers/message_json.hpp"

namespace retort::engine {
namespace {

using io::json_writer;
using providers::for_elements;
using providers::for_members;
using providers::found;
using simdjson::dom::element;

// Members are written in this order; read_line_head() leans on that of the first.
void write_messages(json_writer& json, const std::vector<providers::message>& messages) {
  json.key("messages");
  json.open_array();
  for (const auto& one : messages) providers::write_message(json, one);
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

void write_evaluations(json_writer& json, const std::vector<evaluation>& evaluations) {
  if (evaluations.empty()) return;
  json.key("evaluations");
  json.open_array();
  for (const auto& one : evaluations) {
    json.open_object();
    json.member("name", one.name);
    json.member("score", one.score);
    json.member("detail", one.detail);
    json.close_object();
  }
  json.close_array();
}

void write_hash(json_writer& json, std::string_view name, std::uint64_t hash) {
  const auto hex = io::to_hex(hash);
  json.member(name, std::string_view(hex.data(), hex.size()));
}

std::uint64_t parse_hash(std::string_view hex) {
  std::uint64_t hash = 0;
  std::from_chars(hex.data(), hex.data() + hex.size(), hash, 16);
  return hash;
}

// Values of another type leave the target as it was.
void take(element value, std::string& into) {
  std::string_view text;
  if (!value.get(text)) into.assign(text);
}
void take(element value, std::string_view& into) {
  std::string_view text;
  if (!value.get(text)) into = text;
}
void take(element value, std::int64_t& into) {
  std::int64_t number = 0;
  if (!value.get(number)) into = number;
}
void take(element value, double& into) {
  double number = 0;
  if (!value.get(number)) into = number;
}
template <std::unsigned_integral T>
void take(element value, T& into) {
  std::uint64_t number = 0;
  if (!value.get(number)) into = static_cast<T>(number);
}
void take_hash(element value, std::uint64_t& into) {
  std::string_view hex;
  if (!value.get(hex)) into = parse_hash(hex);
}

void take_field(std::string_view key, element field, providers::tool_call& into) {
  if (key == "id") take(field, into.id);
  if (key == "name") take(field, into.name);
  if (key == "arguments") take(field, into.arguments);
}

// {id, name, arguments}, or with the last two in a member `function`, as messages have them.
void take(element value, std::vector<providers::tool_call>& into) {
  for_elements(found(value), [&](element one) {
    auto& call = into.emplace_back();
    const auto into_call = [&](std::string_view key, element field) {
      take_field(key, field, call);
    };
    for_members(found(one), into_call);
    for_members(one["function"], into_call);
  });
}

void take(element value, std::vector<providers::message>& into) {
  for_elements(found(value), [&](element one) {
    auto& message = into.emplace_back();
    for_members(found(one), [&](std::string_view key, element field) {
      if (key == "role") take(field, message.role);
      if (key == "content") take(field, message.content);
      if (key == "name") take(field, message.name);
      if (key == "tool_call_id") take(field, message.tool_call_id);
      if (key == "tool_calls") take(field, message.tool_calls);
    });
  });
}

void take(element value, std::vector<evaluation>& into) {
  for_elements(found(value), [&](element one) {
    auto& evaluated = into.emplace_back();
    for_members(found(one), [&](std::string_view key, element field) {
      if (key == "name") take(field, evaluated.name);
      if (key == "score") take(field, evaluated.score);
      if (key == "detail") take(field, evaluated.detail);
    });
  });
}

void take(element value, providers::usage& into) {
  for_members(found(value), [&](std::string_view key, element count) {
    // Ledgers of earlier versions have what a server said, whatever it was.
    const std::int64_t tokens = providers::tokens_at(found(count));
    if (key == "input") into.input = tokens;
    if (key == "cached") into.cached = tokens;
    if (key == "output") into.output = tokens;
    if (key == "reasoning") into.reasoning = tokens;
    if (key == "cache_written") into.cache_written = tokens;
  });
}

void take_logprob(element value, double& into) {
  if (value.is_null()) into = std::numeric_limits<double>::quiet_NaN();
  take(value, into);
}

void take_scored(element value, std::uint32_t rank, std::vector<providers::scored_token>& into) {
  const std::size_t at = into.size();
  into.push_back({"", 0, rank});
  std::uint32_t others = 0, place = 0;
  for_elements(found(value), [&](element part) {
    if (place == 0) take(part, into[at].text);
    if (place == 1) take_logprob(part, into[at].logprob);
    if (place++ > 1 && rank == 0) take_scored(part, ++others, into);
  });
}

void take(element value, std::vector<providers::scored_token>& into) {
  for_elements(found(value), [&](element one) { take_scored(one, 0, into); });
}

void take(element value, providers::finish& into) {
  std::string_view word;
  if (!value.get(word)) into = providers::finish_named(word);
}

providers::failure_kind kind_named(std::string_view text) {
  for (int i = 0; i <= static_cast<int>(providers::failure_kind::quota_exhausted); ++i) {
    const auto kind = static_cast<providers::failure_kind>(i);
    if (providers::name(kind) == text) return kind;
  }
  return providers::failure_kind::bad_request;
}

void take(element value, std::optional<providers::failure>& into) {
  into.emplace();
  into->kind = providers::failure_kind::bad_request;
  for_members(found(value), [&](std::string_view key, element field) {
    std::string_view text;
    std::int64_t status = 0;
    if (key == "kind" && !field.get(text)) into->kind = kind_named(text);
    if (key == "status" && !field.get(status)) into->status = static_cast<int>(status);
    if (key == "message") take(field, into->message);
  });
}

std::optional<reject_reason> reason_named(std::string_view word) {
  for (std::size_t i = 0; i < reject_reasons; ++i) {
    const auto reason = static_cast<reject_reason>(i);
    if (name(reason) == word) return reason;
  }
  return std::nullopt;
}

void take(element value, sample_key& into) {
  std::uint64_t parts[3] = {0, 0, 0};
  std::size_t count = 0;
  for_elements(found(value), [&](element part) {
    if (count < 3) take(part, parts[count++]);
  });
  into = {parts[0], static_cast<std::uint32_t>(parts[1]), static_cast<std::uint32_t>(parts[2])};
}

void take_member(std::string_view key, element value, sample& into) {
  auto& completion = into.completion;
  if (key == "key")
    take(value, into.key);
  else if (key == "row")
    take_hash(value, into.row_hash);
  else if (key == "id")
    take(value, into.id);
  else if (key == "messages")
    take(value, into.messages);
  else if (key == "reference")
    take(value, into.reference.emplace());
  else if (key == "completion")
    take(value, completion.text);
  else if (key == "reasoning")
    take(value, completion.reasoning);
  else if (key == "refusal")
    take(value, completion.refusal);
  else if (key == "finish_reason")
    take(value, completion.finish_reason);
  else if (key == "finish")
    take(value, completion.finish);
  else if (key == "tool_calls")
    take(value, completion.tool_calls);
  else if (key == "logprobs")
    take(value, completion.logprobs);
  else if (key == "model")
    take(value, completion.model);
  else if (key == "request_id")
    take(value, completion.request_id);
  else if (key == "usage")
    take(value, completion.usage);
  else if (key == "failure")
    take(value, into.failure);
  else if (key == "evaluations")
    take(value, into.evaluations);
  else if (key == "judge")
    take_hash(value, into.judge);
  else if (key == "rendered")
    take_hash(value, into.rendered);
  else if (key == "endpoint")
    take(value, into.endpoint);
  else if (key == "attempts")
    take(value, into.attempts);
  else if (key == "finished_at_ms")
    take(value, into.finished_at_ms);
  else if (key == "latency_us")
    take(value, into.latency_us);
  else if (key == "first_byte_us")
    take(value, into.first_byte_us);
  else if (key == "first_token_us")
    take(value, into.first_token_us);
  else if (key == "last_token_us")
    take(value, into.last_token_us);
}

// Reads the fixed beginning of a line, piece by piece. The line's seal holds, so it is as it was
// written: there is no need to parse the rest of it to know the first members.
class head_reader {
 public:
  explicit head_reader(std::string_view line) : rest_(line) {}

  bool skip(std::string_view text) {
    const bool there = rest_.starts_with(text);
    if (there) rest_.remove_prefix(text.size());
    return there;
  }
  // The word behind `begin`, which ends in its quote, where that comes next. Words have no escapes.
  std::optional<std::string_view> word(std::string_view begin) {
    if (!rest_.starts_with(begin)) return std::nullopt;
    rest_.remove_prefix(begin.size());
    const std::string_view found = rest_.substr(0, rest_.find('"'));
    rest_.remove_prefix(std::min(rest_.size(), found.size() + 1));
    return found;
  }
  std::uint64_t hash(std::string_view begin) {
    const auto hex = word(begin);
    return hex ? parse_hash(*hex) : 0;
  }
  template <std::unsigned_integral T>
  bool number(T& into, int base = 10) {
    const auto [end, failed] =
        std::from_chars(rest_.data(), rest_.data() + rest_.size(), into, base);
    rest_.remove_prefix(static_cast<std::size_t>(end - rest_.data()));
    return failed == std::errc();
  }

 private:
  std::string_view rest_;
};

error unknown_word(std::string_view what, std::string_view word) {
  return {errc::mismatch, fmt::format("has the {} {}, which this version of retort does not know",
                                      what, shown(word))};
}

std::optional<verdict> verdict_named(std::string_view word) {
  for (const verdict one : {verdict::accepted, verdict::rejected, verdict::failed}) {
    if (name(one) == word) return one;
  }
  return std::nullopt;
}

result<void> read_verdict(head_reader& from, line_head& into) {
  const auto word = from.word(R"(,"verdict":")");
  if (!word) return error{errc::mismatch, "has no verdict behind its key"};
  const auto known = verdict_named(*word);
  if (!known) return unknown_word("verdict", *word);
  into.verdict = *known;
  into.open = from.skip(",\"open\":true");
  if (into.open && into.verdict != verdict::failed) {
    return error{errc::mismatch, fmt::format("is open and {}", *word)};
  }
  const auto reason = from.word(R"(,"reason":")");
  if (reason && !reason_named(*reason)) return unknown_word("reason", *reason);
  into.is_rejected_unsaid = into.verdict == verdict::rejected && !reason;
  return {};
}

// What a line says of its verdict, in words, must be what its other members come to. (That it says
// something is for read_line_head() to see.)
result<void> check_verdict(const sample& of, std::string_view verdict, std::string_view reason) {
  if (!verdict.empty() && !verdict_named(verdict)) return unknown_word("verdict", verdict);
  if (!reason.empty() && !of.rejected) return unknown_word("reason", reason);
  if (verdict.empty() || name(of.verdict()) == verdict) return {};
  return error{errc::mismatch,
               fmt::format("says {} and holds a sample that is {}", verdict, name(of.verdict()))};
}

}  // namespace

std::string_view name(verdict v) {
  switch (v) {
    case verdict::accepted: return "accepted";
    case verdict::rejected: return "rejected";
    case verdict::failed: return "failed";
  }
  return "failed";
}

verdict sample::verdict() const {
  if (failure) return verdict::failed;
  return rejected ? verdict::rejected : verdict::accepted;
}

bool sample::is_open() const {
  return failure && open.value_or(providers::is_transient(failure->kind) ||
                                  providers::stops_endpoint(failure->kind));
}

void append_ledger_line(const sample& done, std::string& out) {
  json_writer json(out);
  json.open_object();
  json.key("key");
  json.open_array();
  json.value(done.key.ordinal);
  json.value(done.key.variant);
  json.value(done.key.k);
  json.close_array();
  json.member("verdict", name(done.verdict()));
  if (done.is_open()) json.member("open", true);
  if (done.rejected) json.member("reason", name(*done.rejected));
  write_hash(json, "row", done.row_hash);
  write_hash(json, "rendered", done.rendered);
  write_hash(json, "judge", done.judge);
  json.member("id", done.id);
  write_messages(json, done.messages);
  if (done.reference) json.member("reference", *done.reference);
  if (done.failure) {
    write_failure(json, *done.failure);
  } else {
    write_completion(json, done.completion);
  }
  write_evaluations(json, done.evaluations);
  write_text(json, "endpoint", done.endpoint);
  json.member("attempts", done.attempts);
  json.member("finished_at_ms", done.finished_at_ms);
  json.member("latency_us", done.latency_us);
  write_time(json, "first_byte_us", done.first_byte_us);
  write_time(json, "first_token_us", done.first_token_us);
  write_time(json, "last_token_us", done.last_token_us);
  json.close_object();
}

result<line_head> read_line_head(std::string_view line) {
  line_head head;
  head_reader from(line);
  const bool keyed = from.skip("{\"key\":[") && from.number(head.key.ordinal) && from.skip(",") &&
                     from.number(head.key.variant) && from.skip(",") && from.number(head.key.k);
  if (!keyed) return error{errc::mismatch, "does not begin with a key"};
  from.skip("]");
  auto judged = read_verdict(from, head);
  if (!judged) return judged.error();
  const auto row = from.word(R"(,"row":")");
  if (!row) return error{errc::mismatch, "has no row behind its verdict"};
  head.row_hash = parse_hash(*row);
  head.rendered = from.hash(R"(,"rendered":")");
  head.judge = from.hash(R"(,"judge":")");
  return head;
}

result<void> read_ledger_line(std::string_view line, sample& into) {
  static thread_local simdjson::dom::parser parser;  // its buffers grow to the longest line
  into = sample();
  simdjson::dom::object members;
  if (parser.parse(line.data(), line.size(), false).get(members)) {
    return error{errc::mismatch, "is not a JSON object"};
  }
  into.open = false;
  std::string_view verdict, reason;
  for (const auto& [key, value] : members) {
    if (key == "verdict") take(value, verdict);
    if (key == "reason") take(value, reason);
    if (key == "open") into.open = value.is<bool>() && bool(value.get_bool().value_unsafe());
    take_member(key, value, into);
  }
  into.rejected = reason_named(reason);
  auto& read = into.completion;  // its own word says it too, and before there was no other
  const bool is_told = read.finish != providers::finish::unknown;
  if (!is_told || read.finish == providers::finish::other) read.finish = providers::finish_of(read);
  return check_verdict(into, verdict, reason);
}

}  // namespace retort::engine
