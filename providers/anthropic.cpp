#include "providers/anthropic.hpp"

#include <fmt/format.h>

#include "io/json_writer.hpp"
#include "providers/event_reader.hpp"
#include "providers/finish.hpp"
#include "providers/json_fields.hpp"
#include "providers/json_text.hpp"
#include "providers/prompt_parts.hpp"
#include "providers/request_check.hpp"
#include "providers/tools.hpp"
#include "providers/whole_body.hpp"

namespace retort::providers {
namespace {

using simdjson::dom::element;

constexpr std::string_view this_provider = "anthropic";
constexpr std::string_view id_header = "request-id";
constexpr std::int64_t least_budget = 1024;

constexpr sampling_key_set taken =
    common_keys | sampling_key_set{sampling_key::top_k, sampling_key::stop,
                                   sampling_key::reasoning_effort, sampling_key::reasoning_budget};

// --- the request

void write_messages(io::json_writer& json, const std::vector<message>& messages) {
  json.key("messages");
  json.open_array();
  for (const message& each : messages) {
    if (is_instruction(each)) continue;
    json.open_object();
    json.member("role", each.role);
    json.member("content", each.content);
    json.close_object();
  }
  json.close_array();
}

void write_system(io::json_writer& json, const std::vector<message>& messages) {
  std::string room;
  const std::string_view system = instructions(messages, room);
  if (!system.empty()) json.member("system", system);
}

void write_stop(io::json_writer& json, const std::vector<std::string>& stop) {
  if (stop.empty()) return;
  json.key("stop_sequences");
  json.open_array();
  for (const std::string& each : stop) json.value(each);
  json.close_array();
}

// A budget is for the models before Opus 4.7, an effort for those that think adaptively; of these
// the newest leave out what they thought unless asked to show it.
void write_thinking(io::json_writer& json, const sampling& asked) {
  if (asked.reasoning_budget) {
    json.key("thinking");
    json.open_object();
    json.member("type", "enabled");
    json.member("budget_tokens", *asked.reasoning_budget);
    json.close_object();
  } else if (asked.reasoning_effort == "none") {
    json.member_raw("thinking", R"({"type":"disabled"})");
  } else if (!asked.reasoning_effort.empty()) {
    json.member_raw("thinking", R"({"type":"adaptive","display":"summarized"})");
  }
}

void write_output(io::json_writer& json, const sampling& asked) {
  const std::string& effort = asked.reasoning_effort;
  const bool has_effort = !effort.empty() && effort != "none";
  if (!has_effort && asked.response_schema.empty()) return;
  json.key("output_config");
  json.open_object();
  if (has_effort) json.member("effort", effort);
  if (!asked.response_schema.empty()) {
    json.key("format");
    json.open_object();
    json.member("type", "json_schema");
    json.member_raw("schema", asked.response_schema);
    json.close_object();
  }
  json.close_object();
}

void write_sampling(io::json_writer& json, const sampling& asked) {
  if (asked.max_tokens) json.member("max_tokens", *asked.max_tokens);
  if (asked.temperature) json.member("temperature", *asked.temperature);
  if (asked.top_p) json.member("top_p", *asked.top_p);
  if (asked.top_k) json.member("top_k", *asked.top_k);
  write_stop(json, asked.stop);
  write_thinking(json, asked);
  write_output(json, asked);
  if (!asked.tools.empty()) {
    json.member_raw("tools", translate_tools(tool_form::anthropic, asked.tools));
  }
}

result<void> check_budget(const sampling& asked) {
  if (!asked.reasoning_budget) return {};
  const auto wrong = [](std::string_view why) {
    return refused_key(this_provider, sampling_key::reasoning_budget, why);
  };
  if (!asked.reasoning_effort.empty()) return wrong("takes either a budget or an effort, not both");
  if (*asked.reasoning_budget >= least_budget && *asked.reasoning_budget < *asked.max_tokens) {
    return {};
  }
  return wrong(fmt::format("takes {} at least, and less than max_tokens", least_budget));
}

// --- the answer

// The three counts of input tokens are disjoint (section 0).
void read_usage(json_result from, usage& into) {
  const auto take = [&](std::string_view name, std::int64_t& count) {
    count = count_at(from[name], count);
  };
  take("cache_read_input_tokens", into.cached);
  take("cache_creation_input_tokens", into.cache_written);
  take("output_tokens", into.output);
  into.reasoning = count_at(from["output_tokens_details"]["thinking_tokens"], into.reasoning);
  const std::int64_t fresh = count_at(from["input_tokens"]);
  if (fresh < 0) return;
  into.input = fresh + std::max<std::int64_t>(into.cached, 0) +
               std::max<std::int64_t>(into.cache_written, 0);
}

void take_text(json_result value, std::string& into) {
  const std::string_view text = text_at(value);
  if (!text.empty()) into = text;
}

// stop_reason, and what is said beside a refusal.
void read_stop(json_result from, completion& into) {
  take_text(from["stop_reason"], into.finish_reason);
  take_text(from["stop_details"]["explanation"], into.refusal);
}

void append_block(element block, completion& to) {
  const std::string_view type = text_at(block["type"]);
  if (type == "text") append_text(block["text"], to.text);
  if (type == "thinking") append_text(block["thinking"], to.reasoning);
  if (type != "tool_use") return;
  element input;
  to.tool_calls.push_back(
      {std::string(text_at(block["id"])), std::string(text_at(block["name"])),
       block["input"].get(input) ? std::string("{}") : std::string(simdjson::minify(input))});
}

// message_start, then content_block_start, _delta... and _stop for each block, message_delta with
// the stop reason and the counts so far, message_stop; ping at any time.
class message_stream final : public event_reader {
 public:
  using event_reader::event_reader;

 private:
  void read(element event) override {
    const std::string_view type = text_at(event["type"]);
    if (type == "content_block_delta") {
      read_delta(event);
    } else if (type == "content_block_start") {
      start_block(event);
    } else if (type == "message_start") {
      start(event["message"]);
    } else if (type == "message_delta") {
      read_stop(event["delta"], answer_);
      read_usage(event["usage"], answer_.usage);
    } else if (type == "message_stop") {
      end();
    }
  }

  void start(json_result message) {
    answer_.model = text_at(message["model"]);
    id_ = text_at(message["id"]);
    read_usage(message["usage"], answer_.usage);
  }

  // A tool's input begins as {} there and comes in pieces of JSON text.
  void start_block(element event) {
    const json_result block = event["content_block"];
    if (text_at(block["type"]) != "tool_use") return;
    answer_.tool_calls.push_back(
        {std::string(text_at(block["id"])), std::string(text_at(block["name"])), ""});
  }

  // Blocks come one after the other: a piece of a tool's input is the last tool's.
  void read_delta(element event) {
    const json_result delta = event["delta"];
    const std::string_view type = text_at(delta["type"]);
    if (type == "text_delta") {
      add(text_at(delta["text"]), answer_.text);
    } else if (type == "thinking_delta") {
      add(text_at(delta["thinking"]), answer_.reasoning);
    } else if (type == "input_json_delta" && !answer_.tool_calls.empty()) {
      add(text_at(delta["partial_json"]), answer_.tool_calls.back().arguments);
    }
  }

  void add(std::string_view piece, std::string& to) {
    to += piece;
    if (!piece.empty()) count_piece();
  }

  bool complete() const override { return ended() || !answer_.finish_reason.empty(); }

  void close(const io::http_response& head, completion& answer) override {
    answer.request_id = request_id(head, id_header, id_);
    for (tool_call& each : answer.tool_calls) {
      if (each.arguments.empty()) each.arguments = "{}";
    }
  }

  std::string id_;
};

}  // namespace

std::string anthropic::target(std::string_view, delivery) const { return "/messages"; }

std::string anthropic::headers(std::string_view api_key) const {
  std::string lines = "anthropic-version: 2023-06-01\r\n";
  if (!api_key.empty()) lines.append("x-api-key: ").append(api_key).append("\r\n");
  return lines;
}

result<void> anthropic::check(std::string_view model, const sampling& asked) const {
  if (!asked.max_tokens) {
    return refused_key(this_provider, sampling_key::max_tokens, "needs it; expected it to be set");
  }
  auto warmth = check_at_most(this_provider, asked, sampling_key::temperature, 1);
  if (!warmth) return warmth;
  auto effort =
      check_effort(this_provider, asked, {"none", "low", "medium", "high", "xhigh", "max"});
  if (!effort) return effort;
  if (auto budget = check_budget(asked); !budget) return budget;
  return check_request(*this, this_provider, model, asked, taken);
}

void anthropic::append_body(const request_parts& request, std::string& out) const {
  io::json_writer json(out);
  json.open_object();
  json.member("model", request.model);
  write_system(json, request.messages);
  write_messages(json, request.messages);
  write_sampling(json, request.sampling);
  if (request.how == delivery::stream) json.member("stream", true);
  json.members(members_of(request.sampling.extra));
  json.close_object();
}

outcome anthropic::parse(const io::http_response& response,
                         std::chrono::system_clock::time_point now) const {
  const auto body = read_body(response, now);
  if (!body) return body.error();
  const json_result blocks = (*body)["content"];
  if (!blocks.is_array()) return invalid_response(response, "the response has no content");
  completion answer;
  for_elements(blocks, [&](element block) { append_block(block, answer); });
  read_stop(found(*body), answer);
  answer.model = text_at((*body)["model"]);
  answer.request_id = request_id(response, id_header, text_at((*body)["id"]));
  read_usage((*body)["usage"], answer.usage);
  answer.finish = finish_of(answer);
  return answer;
}

std::unique_ptr<stream_reader> anthropic::read_stream() const {
  return std::make_unique<message_stream>(*this);
}

}  // namespace retort::providers
