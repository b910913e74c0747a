#include "providers/dialects/openai_chat.hpp"

#include <fmt/format.h>

#include "io/base/json_writer.hpp"
#include "providers/body/json_fields.hpp"
#include "providers/body/json_text.hpp"
#include "providers/body/logprobs.hpp"
#include "providers/body/message_json.hpp"
#include "providers/body/usage_counts.hpp"
#include "providers/dialects/chat_message.hpp"
#include "providers/failure/error_body.hpp"
#include "providers/request/model_quirks.hpp"
#include "providers/request/request_check.hpp"
#include "providers/request/shared_parts.hpp"
#include "providers/stream/event_reader.hpp"
#include "providers/stream/whole_body.hpp"

namespace retort::providers {
namespace {

using simdjson::dom::element;

constexpr std::string_view id_header = "x-request-id";

template <class T>
void write(io::json_writer& json, std::string_view name, const std::optional<T>& value) {
  if (value) json.member(name, *value);
}

// DeepSeek, while it thinks, wants back what was thought before a call, and passes over what was
// thought before an answer (api-docs.deepseek.com/guides/thinking_mode).
void write_said(io::json_writer& json, const chat_differences& by, const message& one) {
  begin_message(json, one);
  const bool called = !one.tool_calls.empty() && !one.reasoning.empty();
  if (by.reasoning == reasoning_form::deepseek && called) {
    json.member("reasoning_content", one.reasoning);
  }
  write_tool_calls(json, one.tool_calls);
  json.close_object();
}

void write_messages(io::json_writer& json, const chat_differences& by,
                    const std::vector<message>& messages) {
  json.key("messages");
  json.open_array();
  for (const message& each : messages) write_said(json, by, each);
  json.close_array();
}

void write_logprobs(io::json_writer& json, std::optional<std::int64_t> alternatives) {
  if (!alternatives) return;
  json.member("logprobs", true);
  if (*alternatives > 0) json.member("top_logprobs", *alternatives);
}

void write_reasoning_object(io::json_writer& json, const sampling& asked) {
  if (asked.reasoning_effort.empty() && !asked.reasoning_budget) return;
  json.key("reasoning");
  json.open_object();
  if (!asked.reasoning_effort.empty()) json.member("effort", asked.reasoning_effort);
  write(json, "max_tokens", asked.reasoning_budget);
  json.close_object();
}

void write_reasoning(io::json_writer& json, const chat_differences& by, const sampling& asked) {
  if (by.reasoning == reasoning_form::openrouter) return write_reasoning_object(json, asked);
  const std::string& effort = asked.reasoning_effort;
  if (by.reasoning == reasoning_form::deepseek && effort == "none") {
    json.member_raw("thinking", R"({"type":"disabled"})");
  } else if (!effort.empty()) {
    json.member("reasoning_effort", effort);
  }
  if (asked.reasoning_budget) json.member(by.budget, *asked.reasoning_budget);
}

void write_schema(io::json_writer& json, const std::string& schema) {
  if (schema.empty()) return;
  json.key("response_format");
  json.open_object();
  json.member("type", "json_schema");
  json.key("json_schema");
  json.open_object();
  json.member("name", "response");
  json.member("strict", true);
  json.member_raw("schema", schema);
  json.close_object();
  json.close_object();
}

void write_sampling(io::json_writer& json, const chat_differences& by, std::string_view model,
                    const sampling& asked) {
  write(json, "temperature", asked.temperature);
  write(json, "top_p", asked.top_p);
  if (asked.max_tokens) {
    json.member(by.follows_model_name ? quirks_of(model).max_tokens_as : "max_tokens",
                *asked.max_tokens);
  }
  write(json, "top_k", asked.top_k);
  write(json, "min_p", asked.min_p);
  write_texts(json, "stop", asked.stop);
  write(json, by.seed, asked.seed);
  write(json, "frequency_penalty", asked.frequency_penalty);
  write(json, "presence_penalty", asked.presence_penalty);
  write_logprobs(json, asked.logprobs);
  write_reasoning(json, by, asked);
  write_schema(json, asked.response_schema);
  if (!asked.tools.empty()) json.member_raw("tools", asked.tools);
}

void write_stream(io::json_writer& json, const chat_differences& by) {
  json.member("stream", true);
  if (!by.has_stream_options) return;
  json.member_raw("stream_options", by.obfuscates
                                        ? R"({"include_usage":true,"include_obfuscation":false})"
                                        : R"({"include_usage":true})");
}

// What a body and an event of a stream have in common, each found in one pass, the first of several
// as elsewhere; an error where it is not there.
struct answer_parts {
  json_result choices, usage, model, id, service_tier;
  json_result groq;  // its streams' usage is in there
};
struct choice_parts {
  json_result message, logprobs, finish_reason;
  json_result usage;  // Moonshot's streams ~
  std::int64_t index = 0;
};

void take_first(json_result& slot, json_result value) {
  if (slot.error() == simdjson::UNINITIALIZED) slot = std::move(value);
}

answer_parts parts_of(element answer) {
  answer_parts out;
  for_members(found(answer), [&](std::string_view key, element value) {
    if (key == "choices") take_first(out.choices, found(value));
    if (key == "usage") take_first(out.usage, found(value));
    if (key == "model") take_first(out.model, found(value));
    if (key == "id") take_first(out.id, found(value));
    if (key == "service_tier") take_first(out.service_tier, found(value));
    if (key == "x_groq") take_first(out.groq, value["usage"]);
  });
  return out;
}

// The message is called `delta` in a stream.
choice_parts parts_of(element choice, std::string_view message) {
  choice_parts out;
  for_members(found(choice), [&](std::string_view key, element value) {
    if (key == message) take_first(out.message, found(value));
    if (key == "logprobs") take_first(out.logprobs, found(value));
    if (key == "finish_reason") take_first(out.finish_reason, found(value));
    if (key == "usage") take_first(out.usage, found(value));
    if (key == "index") out.index = count_at(found(value), 0);
  });
  return out;
}

// It may stand in several places, and is the same then.
void take_usage(const json_result& from, completion& to) {
  if (from.is_object()) take_counts(to.usage, read_chat_usage(from));
}

// One choice is asked for. Where more come, in whatever order, the first by index is the answer.
json_result first_choice(json_result choices) {
  json_result first = choices.at(0);
  std::int64_t lowest = -1;
  for_elements(std::move(choices), [&](element each) {
    const std::int64_t index = count_at(each["index"], 0);
    if (lowest >= 0 && index >= lowest) return;
    lowest = index;
    first = found(each);
  });
  return first;
}

outcome read_completion(const io::http_response& response, const answer_parts& body,
                        const choice_parts& choice) {
  simdjson::dom::object message;
  if (choice.message.get(message)) {
    return invalid_response(response, "the response's choice has no message");
  }
  completion answer;
  if (!append_message(message, answer)) {
    return invalid_response(response, "the response's content is not text");
  }
  append_logprobs(choice.logprobs, answer.logprobs);
  answer.finish_reason = text_at(choice.finish_reason);
  answer.model = text_at(body.model);
  answer.request_id = request_id(response, id_header, text_at(body.id));
  answer.service_tier = text_at(body.service_tier);
  for (const auto* one : {&body.usage, &body.groq, &choice.usage}) take_usage(*one, answer);
  return answer;
}

// data: {"choices":[{"delta":{"content":"a"}}]} and so on; usage in a last chunk without choices,
// or in any (continuous_usage_stats: the last counts); [DONE].
class chat_stream final : public event_reader {
 public:
  using event_reader::event_reader;

 private:
  void read(element event) override {
    const answer_parts parts = parts_of(event);
    bool has_choices = false;
    for_elements(parts.choices, [&](element choice) {
      has_choices = true;
      read_choice(choice);
    });
    take_usage(parts.usage, answer_);
    if (!has_choices && parts.usage.is_object()) say_that_all_came();
    take_usage(parts.groq, answer_);
    if (answer_.model.empty()) answer_.model = text_at(parts.model);
    if (id_.empty()) id_ = text_at(parts.id);
    take_text(parts.service_tier, answer_.service_tier);
  }

  void read_choice(element choice) {
    const choice_parts parts = parts_of(choice, "delta");
    if (!is_ours(parts.index)) return;
    if (names_error(choice)) return fail(found(choice));
    simdjson::dom::object delta;
    const std::size_t before = size_of(answer_), thought = answer_.reasoning.size();
    if (!parts.message.get(delta) && !append_message(delta, answer_, &calls_)) {
      return fail("the stream's content is not text");
    }
    const std::size_t grown = size_of(answer_) - before;
    if (grown > 0) count_piece(grown != answer_.reasoning.size() - thought);
    append_logprobs(parts.logprobs, answer_.logprobs);
    take_usage(parts.usage, answer_);
    take_text(parts.finish_reason, answer_.finish_reason);
  }

  // As in a whole body: of several choices the first by index, whichever comes first.
  bool is_ours(std::int64_t index) {
    if (choice_ < 0 || index < choice_) {
      if (choice_ >= 0) begin_anew();
      calls_ = {};
      choice_ = index;
    }
    return index == choice_;
  }

  // A finish reason ends an answer, [DONE] the stream: servers and proxies are known to lose
  // either. [DONE] alone is nothing. Usage is not waited for: it comes behind the reason in an
  // event of its own, and from servers that do not know include_usage never.
  bool complete() const override {
    return !answer_.finish_reason.empty() || (told_end() && size_of(answer_) > 0);
  }

  void close(const io::http_response& head, completion& answer) override {
    answer.request_id = request_id(head, id_header, id_);
  }

  std::int64_t choice_ = -1;
  call_pieces calls_;
  std::string id_;
};

}  // namespace

std::string openai_chat::target(std::string_view, delivery) const { return "/chat/completions"; }

std::string openai_chat::headers(std::string_view api_key) const {
  return key_line("Authorization: Bearer ", api_key);
}

result<void> openai_chat::check(std::string_view model, const sampling& asked) const {
  auto most = check_at_most(by_.name, asked, sampling_key::logprobs, by_.most_logprobs);
  if (!most) return most;
  return check_request(*this, by_.name, model, asked, by_.takes);
}

void openai_chat::append_body(const request_parts& request, std::string& out) const {
  io::json_writer json(out);
  json.open_object();
  json.member("model", request.model);
  write_messages(json, by_, request.messages);
  write_sampling(json, by_, request.model, request.sampling);
  if (request.how == delivery::stream) write_stream(json, by_);
  json.members(members_of(request.sampling.extra));
  json.close_object();
}

outcome openai_chat::read_answer(const io::http_response& response, element body,
                                 std::chrono::system_clock::time_point now) const {
  const answer_parts parts = parts_of(body);
  const json_result first = first_choice(parts.choices);
  element choice;
  if (first.get(choice)) return invalid_response(response, "the response has no choices");
  const choice_parts said = parts_of(choice, "message");
  if (!names_error(choice)) return read_completion(response, parts, said);
  failure why = read_failure(response, first, now);
  why.begun |= parts.usage.is_object() || !text_at(said.message["content"]).empty();
  return why;
}

std::unique_ptr<stream_reader> openai_chat::read_stream() const {
  return std::make_unique<chat_stream>(*this);
}

}  // namespace retort::providers
