#include "providers/dialects/openai_responses.hpp"

#include <map>
#include <set>

#include "io/base/json_writer.hpp"
#include "io/base/one_line.hpp"
#include "providers/body/json_fields.hpp"
#include "providers/body/json_text.hpp"
#include "providers/body/logprobs.hpp"
#include "providers/body/tools.hpp"
#include "providers/body/usage_counts.hpp"
#include "providers/failure/error_body.hpp"
#include "providers/request/request_check.hpp"
#include "providers/request/shared_parts.hpp"
#include "providers/stream/event_reader.hpp"
#include "providers/stream/whole_body.hpp"

namespace retort::providers {
namespace {

using simdjson::dom::element;

constexpr std::string_view this_provider = "openai-responses";
constexpr std::string_view id_header = "x-request-id";

constexpr sampling_key_set taken =
    common_keys | sampling_key_set{sampling_key::logprobs, sampling_key::reasoning_effort};

// --- the request

// What the model said is output_text ~; what it was told is input_text.
void write_content(io::json_writer& json, const message& one) {
  json.key("content");
  json.open_array();
  json.open_object();
  json.member("type", one.role == "assistant" ? "output_text" : "input_text");
  json.member("text", one.content);
  json.close_object();
  json.close_array();
}

// Calls and their answers are items of their own, beside the messages.
void write_call(io::json_writer& json, const tool_call& call) {
  json.open_object();
  json.member("type", "function_call");
  json.member("call_id", call.id);
  json.member("name", call.name);
  json.member("arguments", arguments_object(call));
  json.close_object();
}

void write_tool_answer(io::json_writer& json, const message& one) {
  json.open_object();
  json.member("type", "function_call_output");
  json.member("call_id", one.tool_call_id);
  json.member("output", one.content);
  json.close_object();
}

void write_message(io::json_writer& json, const message& one) {
  if (is_tool_answer(one)) return write_tool_answer(json, one);
  if (!one.content.empty() || one.tool_calls.empty()) {
    json.open_object();
    json.member("role", one.role);
    write_content(json, one);
    json.close_object();
  }
  for (const tool_call& each : one.tool_calls) write_call(json, each);
}

void write_input(io::json_writer& json, const std::vector<message>& messages) {
  json.key("input");
  json.open_array();
  for (const message& each : messages) {
    if (!is_instruction(each)) write_message(json, each);
  }
  json.close_array();
}

void write_logprobs(io::json_writer& json, std::optional<std::int64_t> alternatives) {
  if (!alternatives) return;
  json.member_raw("include", R"(["message.output_text.logprobs"])");
  if (*alternatives > 0) json.member("top_logprobs", *alternatives);
}

// A summary of the reasoning is not asked for: not every account may ~. `extra` can ask.
void write_reasoning(io::json_writer& json, const std::string& effort) {
  if (effort.empty()) return;
  json.key("reasoning");
  json.open_object();
  json.member("effort", effort);
  json.close_object();
}

void write_schema(io::json_writer& json, const std::string& schema) {
  if (schema.empty()) return;
  json.key("text");
  json.open_object();
  json.key("format");
  json.open_object();
  json.member("type", "json_schema");
  json.member("name", "response");
  json.member_raw("schema", schema);
  json.member("strict", true);
  json.close_object();
  json.close_object();
}

void write_sampling(io::json_writer& json, const sampling& asked) {
  if (asked.max_tokens) json.member("max_output_tokens", *asked.max_tokens);
  if (asked.temperature) json.member("temperature", *asked.temperature);
  if (asked.top_p) json.member("top_p", *asked.top_p);
  write_logprobs(json, asked.logprobs);
  write_reasoning(json, asked.reasoning_effort);
  write_schema(json, asked.response_schema);
  if (!asked.tools.empty()) json.member_raw("tools", translate_tools(tool_form::flat, asked.tools));
}

// --- the answer

usage read_usage(json_result from) {
  usage read;
  read.input = tokens_at(from["input_tokens"]);
  read.cached = tokens_at(from["input_tokens_details"]["cached_tokens"]);
  read.output = tokens_at(from["output_tokens"]);
  read.reasoning = tokens_at(from["output_tokens_details"]["reasoning_tokens"]);
  take_in_besides(read, tokens_at(from["total_tokens"]));
  return read;
}

void append_content(element part, completion& to) {
  const std::string_view type = text_at(part["type"]);
  if (type == "refusal") append_text(part["refusal"], to.refusal);
  if (type != "output_text") return;
  append_text(part["text"], to.text);
  append_logprobs(part["logprobs"], to.logprobs);
}

// A summary; open models' servers give the reasoning itself as content ~.
void append_reasoning(element item, completion& to) {
  const auto add = [&](element part) { append_text(part["text"], to.reasoning); };
  for_elements(item["summary"], add);
  for_elements(item["content"], add);
}

void append_item(element item, completion& to) {
  const std::string_view type = text_at(item["type"]);
  if (type == "message") {
    for_elements(item["content"], [&](element part) { append_content(part, to); });
  } else if (type == "reasoning") {
    append_reasoning(item, to);
  } else if (type == "function_call") {
    to.tool_calls.push_back({std::string(text_at(item["call_id"])),
                             std::string(text_at(item["name"])),
                             std::string(text_at(item["arguments"]))});
  }
}

// What a message is, where its model says so (gpt-5.3-codex and beyond; openai-node's
// ResponseOutputMessage): "commentary" goes before the "final_answer".
bool is_final(element item) { return text_at(item["phase"]) == "final_answer"; }
bool is_commentary(element item) { return text_at(item["phase"]) == "commentary"; }

bool is_answer(std::string_view status) { return status == "completed" || status == "incomplete"; }

// Of a status that is_answer(). A response cut short says why beside its status.
completion read_response(element body) {
  completion answer;
  bool has_final = false;
  for_elements(body["output"], [&](element item) { has_final |= is_final(item); });
  for_elements(body["output"], [&](element item) {
    if (!has_final || !is_commentary(item)) append_item(item, answer);
  });
  const std::string_view reason = text_at(body["incomplete_details"]["reason"]);
  answer.finish_reason = reason.empty() ? text_at(body["status"]) : reason;
  answer.model = text_at(body["model"]);
  answer.request_id = text_at(body["id"]);
  answer.service_tier = text_at(body["service_tier"]);
  answer.usage = read_usage(body["usage"]);
  return answer;
}

std::string no_answer(std::string_view status) {
  if (status.empty()) return "the response has no status";
  return "the response is no answer: its status is " + io::one_line(status, max_quoted_bytes);
}

// How much there is of an answer. Only the first call of an item grows: the work of an event does
// not grow with the calls there are.
struct told_size {
  std::size_t visible = 0, thought = 0;
};

told_size size_told(const completion& what) {
  const std::size_t input = what.tool_calls.empty() ? 0 : what.tool_calls.front().arguments.size();
  return {what.text.size() + what.refusal.size() + what.tool_calls.size() + input,
          what.reasoning.size()};
}

// What an event brought.
enum class news { none, thought, visible };

news news_since(const told_size& before, const completion& now) {
  const told_size after = size_told(now);
  if (after.visible > before.visible) return news::visible;
  return after.thought > before.thought ? news::thought : news::none;
}

// What a stream told of its items before the last event, by output_index: the last event holds the
// whole response, but some gateways leave its output out.
class told_items {
 public:
  // response.output_item.added: what follows without an index is of this item.
  news begin(element event) {
    at_ = index_of(event, items_.empty() ? 0 : items_.rbegin()->first + 1);
    element item;
    completion& told = here();
    const told_size before = size_told(told);
    if (event["item"].get(item)) return news::none;
    note_phase(item);
    append_item(item, told);
    return news_since(before, told);
  }

  // `text`: of the event.
  news add(std::string_view type, element event, std::string_view text) {
    at_ = index_of(event, at_);
    completion& item = here();
    const told_size before = size_told(item);
    const std::string_view piece = text_at(event["delta"]);
    if (std::string* const part = piece.empty() ? nullptr : part_of(type, item)) {
      const std::size_t from = part->size();
      *part += piece;
      halved_.join(text, from, *part);
    }
    if (type == "response.output_text.delta") append_logprobs(event["logprobs"], item.logprobs);
    return news_since(before, item);
  }

  // The end of a part tells the part whole: it is news where its deltas did not come.
  news end_part(std::string_view type, element event) {
    at_ = index_of(event, at_);
    completion& item = here();
    const told_size before = size_told(item);
    if (type == "response.output_text.done" && item.text.empty()) {
      item.text = text_at(event["text"]);
    } else if (type == "response.function_call_arguments.done" && !item.tool_calls.empty()) {
      std::string& arguments = item.tool_calls.front().arguments;
      if (arguments.empty()) arguments = text_at(event["arguments"]);
    }
    return news_since(before, item);
  }

  // response.output_item.done holds the item whole.
  news end(element event) {
    completion whole;
    element item;
    if (event["item"].get(item)) return news::none;
    append_item(item, whole);
    at_ = index_of(event, at_);
    note_phase(item);
    if (!is_anything(whole)) return news::none;
    completion& told = here();
    const told_size before = size_told(told);
    if (whole.reasoning.empty()) whole.reasoning = told.reasoning;
    told = std::move(whole);
    return news_since(before, told);
  }

  // Fills in what the response's own output does not say.
  void complete(completion& answer) const {
    const bool says = !answer.text.empty() || !answer.refusal.empty() || !answer.tool_calls.empty();
    const bool thinks = !answer.reasoning.empty();
    for (const auto& [index, item] : items_) {
      if (!thinks) answer.reasoning += item.reasoning;
      if (says || (has_final_ && commentary_.contains(index))) continue;
      answer.text += item.text;
      answer.refusal += item.refusal;
      answer.tool_calls.insert(answer.tool_calls.end(), item.tool_calls.begin(),
                               item.tool_calls.end());
      answer.logprobs.insert(answer.logprobs.end(), item.logprobs.begin(), item.logprobs.end());
    }
  }

 private:
  static std::int64_t index_of(element event, std::int64_t otherwise) {
    return count_at(event["output_index"], otherwise);
  }
  void note_phase(element item) {
    has_final_ |= is_final(item);
    if (is_commentary(item)) commentary_.insert(at_);
  }
  // What a delta of that type adds to; null where it is none of ours.
  static std::string* part_of(std::string_view type, completion& item) {
    if (type == "response.output_text.delta") return &item.text;
    if (type == "response.refusal.delta") return &item.refusal;
    if (type.starts_with("response.reasoning_")) return &item.reasoning;
    if (type != "response.function_call_arguments.delta") return nullptr;
    if (item.tool_calls.empty()) item.tool_calls.emplace_back();
    return &item.tool_calls.front().arguments;
  }
  static bool is_anything(const completion& item) {
    return !item.text.empty() || !item.reasoning.empty() || !item.refusal.empty() ||
           !item.tool_calls.empty();
  }

  // The item at hand. No response has a thousand; beyond, all are one.
  completion& here() {
    if (items_.size() >= 1000 && !items_.contains(at_)) at_ = items_.rbegin()->first;
    return items_[at_];
  }

  std::map<std::int64_t, completion> items_;
  std::set<std::int64_t> commentary_;  // those of them that are
  bool has_final_ = false;
  halved_character halved_;
  std::int64_t at_ = 0;
};

// Deltas are news of what the last event holds whole: response.completed, .incomplete or .failed.
// Nothing before it says why the answer ended or what it took, so nothing less is whole. No [DONE]
// ~.
class response_stream final : public event_reader {
 public:
  using event_reader::event_reader;

 private:
  void read(element event) override {
    const std::string_view type = text_at(event["type"]);
    if (type.ends_with(".delta")) {
      count(told_.add(type, event, event_text()));
    } else if (type == "response.output_item.added") {
      count(told_.begin(event));
    } else if (type == "response.output_item.done") {
      count(told_.end(event));
    } else if (type.ends_with(".done")) {
      count(told_.end_part(type, event));
    } else {
      end_with(type, event);
    }
  }

  void count(news of) {
    if (of != news::none) count_piece(of == news::visible);
  }

  void end_with(std::string_view type, element event) {
    element response;
    const bool last = type == "response.completed" || type == "response.incomplete" ||
                      type == "response.failed" || type == "response.cancelled";
    if (!last || event["response"].get(response)) return;
    const std::string_view status = text_at(response["status"]);
    if (names_error(response)) return fail(found(response));
    if (!is_answer(status)) return fail(no_answer(status));
    answer_ = read_response(response);
    told_.complete(answer_);
    count_untold();
    end();
  }

  // Where no event before told of it, the last one is its piece.
  void count_untold() {
    const told_size all = size_told(answer_);
    if (all.visible > 0 && !is_visible()) return count_piece(true);
    if (all.thought > 0 && pieces() == 0) count_piece(false);
  }

  bool complete() const override { return !answer_.finish_reason.empty(); }

  void close(const io::http_response& head, completion& answer) override {
    answer.request_id = request_id(head, id_header, answer.request_id);
  }

  told_items told_;
};

}  // namespace

std::string openai_responses::target(std::string_view, delivery) const { return "/responses"; }

std::string openai_responses::headers(std::string_view api_key) const {
  return key_line("Authorization: Bearer ", api_key);
}

result<void> openai_responses::check(std::string_view model, const sampling& asked) const {
  auto most = check_at_most(this_provider, asked, sampling_key::logprobs, 20);
  if (!most) return most;
  return check_request(*this, this_provider, model, asked, taken);
}

void openai_responses::append_body(const request_parts& request, std::string& out) const {
  io::json_writer json(out);
  json.open_object();
  json.member("model", request.model);
  write_instructions(json, "instructions", request.messages);
  write_input(json, request.messages);
  write_sampling(json, request.sampling);
  if (request.how == delivery::stream) json.member("stream", true);
  json.members(members_of(request.sampling.extra));
  json.close_object();
}

outcome openai_responses::read_answer(const io::http_response& response, element body,
                                      std::chrono::system_clock::time_point) const {
  const std::string_view status = text_at(body["status"]);
  if (!is_answer(status)) return invalid_response(response, no_answer(status));
  completion answer = read_response(body);
  answer.request_id = request_id(response, id_header, answer.request_id);
  return answer;
}

std::unique_ptr<stream_reader> openai_responses::read_stream() const {
  return std::make_unique<response_stream>(*this);
}

}  // namespace retort::providers
