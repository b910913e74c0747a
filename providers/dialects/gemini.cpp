#include "providers/dialects/gemini.hpp"

#include "io/base/json_writer.hpp"
#include "io/base/one_line.hpp"
#include "providers/body/json_fields.hpp"
#include "providers/body/json_text.hpp"
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

constexpr std::string_view this_provider = "gemini";
constexpr double most_logprobs = 20;  // ~

constexpr sampling_key_set taken = common_keys | sampling_key_set{sampling_key::top_k,
                                                                  sampling_key::stop,
                                                                  sampling_key::seed,
                                                                  sampling_key::frequency_penalty,
                                                                  sampling_key::presence_penalty,
                                                                  sampling_key::logprobs,
                                                                  sampling_key::reasoning_effort,
                                                                  sampling_key::reasoning_budget};

// --- the request

void write_text(io::json_writer& json, std::string_view text) {
  json.open_object();
  json.member("text", text);
  json.close_object();
}

void write_call(io::json_writer& json, const tool_call& call) {
  json.open_object();
  json.key("functionCall");
  json.open_object();
  json.member("name", call.name);
  json.member_raw("args", arguments_object(call));
  json.close_object();
  json.close_object();
}

// What a function gave is an object there.
void write_tool_answer(io::json_writer& json, std::string_view name, const std::string& gave) {
  json.open_object();
  json.key("functionResponse");
  json.open_object();
  json.member("name", name);
  const std::string object = minified_object(gave);
  if (!object.empty()) {
    json.member_raw("response", object);
  } else {
    json.key("response");
    json.open_object();
    json.member("result", gave);
    json.close_object();
  }
  json.close_object();
  json.close_object();
}

void write_content(io::json_writer& json, const message& one) {
  json.open_object();
  json.member("role", one.role == "assistant" ? std::string_view("model") : one.role);
  json.key("parts");
  json.open_array();
  if (!one.content.empty() || one.tool_calls.empty()) write_text(json, one.content);
  for (const tool_call& each : one.tool_calls) write_call(json, each);
  json.close_array();
  json.close_object();
}

void write_contents(io::json_writer& json, const std::vector<message>& messages) {
  write_turns(
      json, "contents", "parts", messages, [&](const message& one) { write_content(json, one); },
      [&](std::size_t place) {
        write_tool_answer(json, called_by(messages, place), messages[place].content);
      });
}

void write_system(io::json_writer& json, const std::vector<message>& messages) {
  std::string room;
  const std::string_view system = instructions(messages, room);
  if (system.empty()) return;
  json.key("systemInstruction");
  json.open_object();
  json.key("parts");
  json.open_array();
  write_text(json, system);
  json.close_array();
  json.close_object();
}

std::string in_capitals(std::string word) {
  for (char& c : word) c = static_cast<char>(c - (c >= 'a' && c <= 'z' ? 'a' - 'A' : 0));
  return word;
}

// Thoughts are asked for where they are thought.
void write_thinking(io::json_writer& json, const sampling& asked) {
  if (asked.reasoning_effort.empty() && !asked.reasoning_budget) return;
  const bool off = asked.reasoning_effort == "none" || asked.reasoning_budget == 0;
  json.key("thinkingConfig");
  json.open_object();
  if (!off) json.member("includeThoughts", true);
  if (off || asked.reasoning_budget) {
    json.member("thinkingBudget", asked.reasoning_budget.value_or(0));
  } else {
    json.member("thinkingLevel", in_capitals(asked.reasoning_effort));
  }
  json.close_object();
}

void write_generation(io::json_writer& json, const sampling& asked) {
  if (asked.temperature) json.member("temperature", *asked.temperature);
  if (asked.top_p) json.member("topP", *asked.top_p);
  if (asked.top_k) json.member("topK", *asked.top_k);
  if (asked.max_tokens) json.member("maxOutputTokens", *asked.max_tokens);
  write_texts(json, "stopSequences", asked.stop);
  if (asked.seed) json.member("seed", *asked.seed);
  if (asked.frequency_penalty) json.member("frequencyPenalty", *asked.frequency_penalty);
  if (asked.presence_penalty) json.member("presencePenalty", *asked.presence_penalty);
  if (asked.logprobs) json.member("responseLogprobs", true);
  if (asked.logprobs.value_or(0) > 0) json.member("logprobs", *asked.logprobs);
  write_thinking(json, asked);
  if (asked.response_schema.empty()) return;
  json.member("responseMimeType", "application/json");
  json.member_raw("responseJsonSchema", asked.response_schema);
}

// `extra` as it goes into the body: what it has under generationConfig joins what we put there.
struct extra_members {
  std::string extra;
  std::string generation;
  std::string others;
};

const extra_members& split_extra(const std::string& extra) {
  thread_local extra_members known;
  if (known.extra == extra) return known;
  const split_object split = split_member(extra, "generationConfig");
  known = {extra, std::string(members_of(split.member)), std::string(members_of(split.others))};
  return known;
}

// --- the answer

// Input includes what was cached, but not what the provider's own tools brought into the prompt;
// thoughts are counted beside the candidates (googleapis/python-genai 66807187).
usage read_usage(json_result from) {
  usage read;
  const std::int64_t asked = tokens_at(from["promptTokenCount"]);
  if (asked >= 0) read.input = sum_of_tokens({asked, tokens_at(from["toolUsePromptTokenCount"])});
  read.cached = tokens_at(from["cachedContentTokenCount"]);
  read.reasoning = tokens_at(from["thoughtsTokenCount"]);
  const std::int64_t spoken = tokens_at(from["candidatesTokenCount"]);
  if (spoken >= 0 || read.reasoning >= 0) {
    read.output = sum_of_tokens({spoken, read.reasoning});
  }
  return read;
}

void append_part(element part, completion& to) {
  append_text(part["text"], flag_at(part["thought"]) ? to.reasoning : to.text);
  element call, arguments;
  if (part["functionCall"].get(call)) return;
  to.tool_calls.push_back(
      {std::string(text_at(call["id"])), std::string(text_at(call["name"])),
       call["args"].get(arguments) ? std::string("{}") : exact_json(arguments)});
}

bool append_scored(element from, std::uint32_t rank, std::vector<scored_token>& to) {
  double logprob = 0;
  if (from["logProbability"].get(logprob)) return false;
  to.push_back({std::string(text_at(from["token"])), logprob, rank});
  return true;
}

// Two lists of the same length: the chosen tokens, and the candidates at each place.
void append_logprobs(json_result from, std::vector<scored_token>& to) {
  list_walk places(from["topCandidates"]);
  for_elements(from["chosenCandidates"], [&](element chosen) {
    const json_result place = places.next();
    if (!append_scored(chosen, 0, to)) return;
    std::uint32_t rank = 0;
    for_elements(place["candidates"], [&](element other) { append_scored(other, ++rank, to); });
  });
}

// What one body or one event adds.
void append_answer(element from, completion& to) {
  const json_result candidate = from["candidates"].at(0);
  for_elements(candidate["content"]["parts"], [&](element part) { append_part(part, to); });
  append_logprobs(candidate["logprobsResult"], to.logprobs);
  take_text(candidate["finishReason"], to.finish_reason);
  element counts;
  if (!from["usageMetadata"].get(counts)) take_counts(to.usage, read_usage(found(counts)));
  if (to.model.empty()) to.model = text_at(from["modelVersion"]);
  if (to.request_id.empty()) to.request_id = text_at(from["responseId"]);
}

// Where a gateway drops alt=sse from the URL a stream is a list of its events.
void append_answers(element body, completion& to) {
  if (!body.is_array()) return append_answer(body, to);
  for_elements(found(body), [&](element each) { append_answer(each, to); });
}

// Of such a list: the first that names an error.
std::optional<json_result> error_in(element list) {
  std::optional<json_result> first;
  for_elements(found(list), [&](element each) {
    if (!first && names_error(each)) first = found(each);
  });
  return first;
}

bool has_candidates(element body) {
  bool has = !body["candidates"].at(0).error();
  for_elements(found(body), [&](element each) { has |= !each["candidates"].at(0).error(); });
  return has;
}

// A prompt that is refused is a 200 without candidates: promptFeedback.blockReason; "" otherwise.
std::string_view block_reason(element body) {
  return text_at(body["promptFeedback"]["blockReason"]);
}

failure blocked(int status, std::string_view reason) {
  return {failure_kind::content_filter, status,
          "the prompt was blocked: " + io::one_line(reason, max_quoted_bytes), std::nullopt};
}

// Events are bodies; there is no [DONE].
class content_stream final : public event_reader {
 public:
  using event_reader::event_reader;

 private:
  void read(element event) override {
    const std::size_t before = visible_size(), thought = answer_.reasoning.size();
    append_answer(event, answer_);
    const bool is_visible = visible_size() != before;
    if (is_visible || answer_.reasoning.size() != thought) count_piece(is_visible);
    const std::string_view reason = block_reason(event);
    if (!reason.empty()) fail(blocked(0, reason));
  }

  std::size_t visible_size() const { return answer_.text.size() + answer_.tool_calls.size(); }

  bool complete() const override { return !answer_.finish_reason.empty(); }
  void close(const io::http_response&, completion&) override {}
};

}  // namespace

// A name with a slash says itself of what kind it is: "tunedModels/x".
std::string gemini::target(std::string_view model, delivery how) const {
  const std::size_t slash = model.find('/');
  const std::string_view kind = slash == model.npos ? "models" : model.substr(0, slash);
  const std::string_view name = slash == model.npos ? model : model.substr(slash + 1);
  const char* const verb =
      how == delivery::stream ? ":streamGenerateContent?alt=sse" : ":generateContent";
  return "/" + path_segment(kind) + "/" + path_segment(name) + verb;
}

std::string gemini::headers(std::string_view api_key) const {
  return key_line("x-goog-api-key: ", api_key);
}

result<void> gemini::check(std::string_view model, const sampling& asked) const {
  auto most = check_at_most(this_provider, asked, sampling_key::logprobs, most_logprobs);
  if (!most) return most;
  auto effort = check_effort(this_provider, asked, {"none", "minimal", "low", "medium", "high"});
  if (!effort) return effort;
  if (!asked.reasoning_effort.empty() && asked.reasoning_budget) {
    return refused_key(this_provider, sampling_key::reasoning_budget,
                       "takes either a budget or an effort, not both");
  }
  return check_request(*this, this_provider, model, asked, taken);
}

void gemini::append_body(const request_parts& request, std::string& out) const {
  const sampling& asked = request.sampling;
  const extra_members& extra = split_extra(asked.extra);
  io::json_writer json(out);
  json.open_object();
  write_contents(json, request.messages);
  write_system(json, request.messages);
  json.key("generationConfig");
  json.open_object();
  write_generation(json, asked);
  json.members(extra.generation);
  json.close_object();
  if (!asked.tools.empty()) {
    json.member_raw("tools", translate_tools(tool_form::gemini, asked.tools));
  }
  json.members(extra.others);
  json.close_object();
}

outcome gemini::read_answer(const io::http_response& response, element body,
                            std::chrono::system_clock::time_point now) const {
  const std::string_view reason = block_reason(body);
  if (!reason.empty()) return blocked(response.status, reason);
  if (const auto wrong = error_in(body)) return read_failure(response, *wrong, now);
  if (!has_candidates(body)) {
    return invalid_response(response, "the response has no candidates");
  }
  completion answer;
  append_answers(body, answer);
  return answer;
}

std::unique_ptr<stream_reader> gemini::read_stream() const {
  return std::make_unique<content_stream>(*this);
}

}  // namespace retort::providers
