#include "providers/openai_chat.hpp"

#include "io/json_writer.hpp"
#include "io/one_line.hpp"
#include "providers/classify.hpp"
#include "providers/error_body.hpp"
#include "providers/json_body.hpp"

namespace retort::providers {
namespace {

using simdjson::dom::element;

void append_messages(io::json_writer& json, const std::vector<message>& messages) {
  json.key("messages");
  json.open_array();
  for (const message& each : messages) {
    json.open_object();
    json.member("role", each.role);
    json.member("content", each.content);
    json.close_object();
  }
  json.close_array();
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Appends the text at `value`, which may be missing or null. False when it is something else.
bool append_text(json_result value, std::string& out) {
  std::string_view text;
  if (value.get(text) == simdjson::SUCCESS) {
    out += text;
    return true;
  }
  return value.error() == simdjson::NO_SUCH_FIELD || value.is_null();
}

// Content is a text, null, or a list of parts of which those with a text count.
bool append_content(json_result content, std::string& out) {
  simdjson::dom::array parts;
  if (content.get(parts)) return append_text(content, out);
  for (const element part : parts) {
    if (!append_text(part["text"], out)) return false;
  }
  return true;
}

std::string text_or_empty(json_result value) {
  std::string_view text;
  return value.get(text) ? std::string() : std::string(text);
}

std::int64_t count_or(json_result value, std::int64_t otherwise) {
  std::int64_t count = 0;
  return value.get(count) || count < 0 ? otherwise : count;
}

// Where the details are missing: DeepSeek has its own name for cached tokens, SGLang counts
// reasoning tokens one level higher (section 10).
usage read_usage(json_result from) {
  return {
      .input = count_or(from["prompt_tokens"], -1),
      .cached = count_or(from["prompt_tokens_details"]["cached_tokens"],
                         count_or(from["prompt_cache_hit_tokens"], -1)),
      .output = count_or(from["completion_tokens"], -1),
      .reasoning = count_or(from["completion_tokens_details"]["reasoning_tokens"],
                            count_or(from["reasoning_tokens"], -1)),
  };
}

// vLLM and Ollama call it reasoning, SGLang, llama.cpp and DeepSeek reasoning_content.
std::string read_reasoning(element message) {
  std::string reasoning = text_or_empty(message["reasoning_content"]);
  return reasoning.empty() ? text_or_empty(message["reasoning"]) : reasoning;
}

std::string read_request_id(const io::http_response& response, element body) {
  const std::string_view header = response.header("x-request-id");
  return header.empty() ? text_or_empty(body["id"]) : io::one_line(header, max_quoted_bytes);
}

failure invalid(const io::http_response& response, std::string_view what) {
  return {failure_kind::invalid_response, response.status,
          std::string(what) + ": " + quote_body(response.body), std::nullopt};
}

outcome read_completion(const io::http_response& response, element body, element choice) {
  element message;
  if (choice["message"].get(message) || !message.is_object()) {
    return invalid(response, "the response's choice has no message");
  }
  completion result;
  if (!append_content(message["content"], result.text)) {
    return invalid(response, "the response's content is not text");
  }
  result.reasoning = read_reasoning(message);
  result.refusal = text_or_empty(message["refusal"]);
  result.finish_reason = text_or_empty(choice["finish_reason"]);
  result.model = text_or_empty(body["model"]);
  result.request_id = read_request_id(response, body);
  result.usage = read_usage(body["usage"]);
  return result;
}

}  // namespace

std::string openai_chat::headers(std::string_view api_key) const {
  std::string lines = "Content-Type: application/json\r\n";
  if (!api_key.empty()) lines.append("Authorization: Bearer ").append(api_key).append("\r\n");
  return lines;
}

void openai_chat::append_body(const request_parts& request, std::string& out) const {
  io::json_writer json(out);
  json.open_object();
  json.member("model", request.model);
  append_messages(json, request.messages);
  const providers::sampling& sampling = request.sampling;
  if (sampling.temperature) json.member("temperature", *sampling.temperature);
  if (sampling.top_p) json.member("top_p", *sampling.top_p);
  if (sampling.max_tokens) {
    const bool renamed = takes_max_completion_tokens(request.model);
    json.member(renamed ? "max_completion_tokens" : "max_tokens", *sampling.max_tokens);
  }
  json.close_object();
}

outcome openai_chat::parse(const io::http_response& response,
                           std::chrono::system_clock::time_point now) const {
  const json_result document = parse_json_body(response.body);
  const auto refused = [&](const json_result& why) {
    return classify(response, read_error(why, response.body), now);
  };
  if (response.status < 200 || response.status >= 300) return refused(document);
  element body;
  if (document.get(body)) return invalid(response, "the response is not JSON");
  if (names_error(body)) return refused(document);
  const json_result first = body["choices"].at(0);
  element choice;
  if (first.get(choice)) return invalid(response, "the response has no choices");
  if (names_error(choice)) return refused(first);
  return read_completion(response, body, choice);
}

bool takes_max_completion_tokens(std::string_view model) {
  if (model.starts_with("ft:")) model.remove_prefix(3);
  const bool o_series = model.size() >= 2 && model[0] == 'o' && is_digit(model[1]) &&
                        (model.size() == 2 || model[2] == '-' || model[2] == ':');
  if (o_series) return true;
  // One digit from 5 on: gpt-35-turbo is Azure's way to write 3.5.
  if (!model.starts_with("gpt-") || model.size() < 5) return false;
  return model[4] >= '5' && model[4] <= '9' && (model.size() == 5 || !is_digit(model[5]));
}

}  // namespace retort::providers
