#include "providers/dialects/anthropic.hpp"

#include <fmt/format.h>

#include <map>
#include <utility>

#include "io/base/json_writer.hpp"
#include "providers/body/json_fields.hpp"
#include "providers/body/json_text.hpp"
#include "providers/body/tools.hpp"
#include "providers/body/usage_counts.hpp"
#include "providers/request/request_check.hpp"
#include "providers/request/shared_parts.hpp"
#include "providers/stream/block_text.hpp"
#include "providers/stream/event_reader.hpp"
#include "providers/stream/whole_body.hpp"

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

void write_call(io::json_writer& json, const tool_call& call) {
  json.open_object();
  json.member("type", "tool_use");
  json.member("id", call.id);
  json.member("name", call.name);
  json.member_raw("input", arguments_object(call));
  json.close_object();
}

// What the model said, if anything, and the tools that it called.
void write_calls(io::json_writer& json, const message& one) {
  json.key("content");
  json.open_array();
  if (!one.content.empty()) {
    json.open_object();
    json.member("type", "text");
    json.member("text", one.content);
    json.close_object();
  }
  for (const tool_call& each : one.tool_calls) write_call(json, each);
  json.close_array();
}

void write_tool_answer(io::json_writer& json, const message& one) {
  json.open_object();
  json.member("type", "tool_result");
  json.member("tool_use_id", one.tool_call_id);
  json.member("content", one.content);
  json.close_object();
}

void write_message(io::json_writer& json, const message& one) {
  json.open_object();
  json.member("role", one.role);
  if (one.tool_calls.empty()) {
    json.member("content", one.content);
  } else {
    write_calls(json, one);
  }
  json.close_object();
}

void write_messages(io::json_writer& json, const std::vector<message>& messages) {
  write_turns(
      json, "messages", "content", messages, [&](const message& one) { write_message(json, one); },
      [&](std::size_t place) { write_tool_answer(json, messages[place]); });
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
  write_texts(json, "stop_sequences", asked.stop);
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
  // docs.claude.com, extended thinking: not beside top_k or a temperature other than 1.
  if (asked.top_k || asked.temperature.value_or(1) != 1) {
    return wrong("does not take it beside temperature or top_k; expected one or the other");
  }
  if (*asked.reasoning_budget >= least_budget && *asked.reasoning_budget < *asked.max_tokens) {
    return {};
  }
  return wrong(fmt::format("takes {} at least, and less than max_tokens", least_budget));
}

// --- the answer

// The three counts of input tokens are disjoint (anthropics/anthropic-sdk-python 009b0353).
usage read_usage(json_result from) {
  usage read;
  read.cached = tokens_at(from["cache_read_input_tokens"]);
  read.cache_written = tokens_at(from["cache_creation_input_tokens"]);
  read.output = tokens_at(from["output_tokens"]);
  read.reasoning = tokens_at(from["output_tokens_details"]["thinking_tokens"]);
  const std::int64_t fresh = tokens_at(from["input_tokens"]);
  if (fresh >= 0) read.input = sum_of_tokens({fresh, read.cached, read.cache_written});
  return read;
}

// stop_reason, and what is said beside a refusal.
void read_stop(json_result from, completion& into) {
  take_text(from["stop_reason"], into.finish_reason);
  take_text(from["stop_details"]["explanation"], into.refusal);
}

std::string input_of(element block) {
  element input;
  if (block["input"].get(input) || input.is_null()) return "";
  return exact_json(input);
}

// One of the answer's blocks, or what a stream's block begins with.
void append_block(element block, completion& to) {
  const std::string_view type = text_at(block["type"]);
  if (type == "text") append_text(block["text"], to.text);
  if (type == "thinking") append_text(block["thinking"], to.reasoning);
  if (type != "tool_use") return;
  to.tool_calls.push_back(
      {std::string(text_at(block["id"])), std::string(text_at(block["name"])), input_of(block)});
}

// message_start, then content_block_start, _delta... and _stop for each block, message_delta with
// the stop reason and the counts so far, message_stop; ping at any time. Each delta names its block
// by index; a block may begin with content of its own. There is no [DONE]: where a gateway sends
// one, it says nothing of the answer.
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
      const std::size_t refused = answer_.refusal.size();
      read_stop(event["delta"], answer_);
      count(answer_.refusal.size() != refused, true);
      take_counts(answer_.usage, read_usage(event["usage"]));
    } else if (type == "message_stop") {
      stopped_ = true;
      end();
    }
  }

  void start(json_result message) {
    answer_.model = text_at(message["model"]);
    id_ = text_at(message["id"]);
    take_counts(answer_.usage, read_usage(message["usage"]));
    answer_.service_tier = text_at(message["usage"]["service_tier"]);
  }

  // A tool's input is {} there and comes in pieces of JSON text, or is there as a whole.
  void start_block(element event) {
    element block;
    if (event["content_block"].get(block)) return;
    const std::size_t said = answer_.text.size(), thought = answer_.reasoning.size();
    const std::size_t calls = answer_.tool_calls.size();
    texts_.begin(index_of(event), answer_.text);
    thoughts_.begin(index_of(event), answer_.reasoning);
    append_block(block, answer_);
    const bool is_call = answer_.tool_calls.size() != calls;
    count(is_call || answer_.text.size() != said, true);
    count(answer_.reasoning.size() != thought, false);
    if (!is_call) return;
    std::string& input = answer_.tool_calls.back().arguments;
    if (input == "{}") input.clear();
    calls_[index_of(event)] = {calls, true};
  }

  void read_delta(element event) {
    const json_result delta = event["delta"];
    const std::string_view type = text_at(delta["type"]);
    const std::int64_t index = index_of(event);
    if (type == "text_delta") {
      count(texts_.add(index, text_at(delta["text"]), answer_.text), true);
    } else if (type == "thinking_delta") {
      count(thoughts_.add(index, text_at(delta["thinking"]), answer_.reasoning), false);
    } else if (type == "input_json_delta") {
      add_input(index, text_at(delta["partial_json"]));
    }
  }

  // Pieces of an input are all of it, whatever the block began with.
  void add_input(std::int64_t index, std::string_view piece) {
    const auto found = calls_.find(index);
    if (found == calls_.end() || piece.empty()) return;
    std::string& input = answer_.tool_calls[found->second.place].arguments;
    if (std::exchange(found->second.is_as_begun, false)) input.clear();
    input += piece;
    count_piece(true);
  }

  // Where an event has no index it speaks of the latest block.
  std::int64_t index_of(element event) { return latest_ = count_at(event["index"], latest_); }

  void count(bool is_piece, bool visible) {
    if (is_piece) count_piece(visible);
  }

  // Its own end, or the reason that comes with the last counts, right before it.
  bool complete() const override { return stopped_ || !answer_.finish_reason.empty(); }

  void close(const io::http_response& head, completion& answer) override {
    answer.request_id = request_id(head, id_header, id_);
    texts_.join(answer.text);
    thoughts_.join(answer.reasoning);
  }

  struct call {
    std::size_t place;  // in the answer
    bool is_as_begun;   // no piece of its input has come
  };
  std::string id_;
  std::int64_t latest_ = 0;
  block_text texts_, thoughts_;
  std::map<std::int64_t, call> calls_;  // by the block's index
  bool stopped_ = false;
};

}  // namespace

std::string anthropic::target(std::string_view, delivery) const { return "/messages"; }

std::string anthropic::headers(std::string_view api_key) const {
  return "anthropic-version: 2023-06-01\r\n" + key_line("x-api-key: ", api_key);
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
  write_instructions(json, "system", request.messages);
  write_messages(json, request.messages);
  write_sampling(json, request.sampling);
  if (request.how == delivery::stream) json.member("stream", true);
  json.members(members_of(request.sampling.extra));
  json.close_object();
}

outcome anthropic::read_answer(const io::http_response& response, element body,
                               std::chrono::system_clock::time_point) const {
  const json_result blocks = body["content"];
  if (!blocks.is_array()) return invalid_response(response, "the response has no content");
  completion answer;
  for_elements(blocks, [&](element block) { append_block(block, answer); });
  read_stop(found(body), answer);
  answer.model = text_at(body["model"]);
  answer.request_id = request_id(response, id_header, text_at(body["id"]));
  answer.usage = read_usage(body["usage"]);
  answer.service_tier = text_at(body["usage"]["service_tier"]);
  return answer;
}

std::unique_ptr<stream_reader> anthropic::read_stream() const {
  return std::make_unique<message_stream>(*this);
}

}  // namespace retort::providers
