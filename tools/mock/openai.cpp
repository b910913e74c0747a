#include "tools/mock/openai.hpp"

#include <ctime>
#include <optional>

#include "io/json_writer.hpp"

namespace retort::mock {
namespace {

namespace dom = simdjson::dom;

api_error invalid(std::string message, std::string_view param = "") {
  return {400, std::move(message), "invalid_request_error", param, ""};
}

// A message's content: a string, or a list of parts of which the texts count.
std::optional<std::string> text_of(dom::element content) {
  std::string_view text;
  if (!content.get(text)) return std::string(text);
  dom::array parts;
  if (content.get(parts)) return std::nullopt;
  std::string joined;
  for (dom::element part : parts) {
    if (!part["text"].get(text)) joined += text;
  }
  return joined;
}

// Adds one message to what is known of the request; false when it has no role or no content.
bool add_message(dom::element message, chat_request& request) {
  std::string_view role;
  dom::element content;
  if (message["role"].get(role) || message["content"].get(content)) return false;
  std::optional<std::string> text = text_of(content);
  if (!text) return false;
  request.content_bytes += text->size();
  if (role == "user") request.prompt = std::move(*text);
  return true;
}

bool add_messages(dom::array messages, chat_request& request) {
  for (dom::element message : messages) {
    if (!add_message(message, request)) return false;
  }
  return true;
}

bool asks_to_stream(dom::element root) {
  bool stream = false;
  return !root["stream"].get(stream) && stream;
}

std::uint64_t wanted_tokens(dom::element root) {
  for (const char* const name : {"max_completion_tokens", "max_tokens"}) {
    std::int64_t most = 0;
    if (!root[name].get(most) && most > 0) return static_cast<std::uint64_t>(most);
  }
  return 0;
}

void write_choices(io::json_writer& json, const chat_answer& answer) {
  json.key("choices");
  json.open_array();
  json.open_object();
  json.member("index", 0);
  json.key("message");
  json.open_object();
  json.member("role", "assistant");
  json.member("content", answer.text);
  json.close_object();
  json.member("finish_reason", answer.cut_short ? "length" : "stop");
  json.close_object();
  json.close_array();
}

void write_usage(io::json_writer& json, std::uint64_t prompt, std::uint64_t completion) {
  json.key("usage");
  json.open_object();
  json.member("prompt_tokens", prompt);
  json.member("completion_tokens", completion);
  json.member("total_tokens", prompt + completion);
  json.close_object();
}

void write_or_null(io::json_writer& json, std::string_view name, std::string_view text) {
  json.key(name);
  text.empty() ? json.raw("null") : json.value(text);
}

}  // namespace

boost::system::result<chat_request, api_error> chat_request_reader::read(std::string_view body) {
  dom::element root;
  if (parser_.parse(body.data(), body.size()).get(root) || !root.is_object()) {
    return invalid("The body of the request is not a JSON object.");
  }
  chat_request request;
  std::string_view model;
  if (root["model"].get(model)) return invalid("You must provide a model, as a string.", "model");
  request.model = model;
  dom::array messages;
  if (root["messages"].get(messages) || messages.size() == 0) {
    return invalid("You must provide messages, as an array that is not empty.", "messages");
  }
  if (!add_messages(messages, request)) {
    return invalid("Every message needs a role and a content.", "messages");
  }
  if (asks_to_stream(root)) return invalid("This server does not stream.", "stream");
  request.max_tokens = wanted_tokens(root);
  return request;
}

std::uint64_t tokens_in(std::size_t bytes) {
  return (bytes + bytes_per_token - 1) / bytes_per_token;
}

std::string chat_completion(std::uint64_t id, const chat_request& request,
                            const chat_answer& answer) {
  std::string text;
  text.reserve(320 + answer.text.size());
  io::json_writer json(text);
  json.open_object();
  json.member("id", "chatcmpl-mock-" + std::to_string(id));
  json.member("object", "chat.completion");
  json.member("created", std::time(nullptr));
  json.member("model", request.model);
  write_choices(json, answer);
  write_usage(json, tokens_in(request.content_bytes), answer.tokens);
  json.close_object();
  return text;
}

std::string error_body(const api_error& error) {
  std::string text;
  io::json_writer json(text);
  json.open_object();
  json.key("error");
  json.open_object();
  json.member("message", error.message);
  json.member("type", error.type);
  write_or_null(json, "param", error.param);
  write_or_null(json, "code", error.code);
  json.close_object();
  json.close_object();
  return text;
}

std::string model_list() {
  return R"({"object":"list","data":[{"id":"mock","object":"model","created":0,"owned_by":"retort"}]})";
}

}  // namespace retort::mock
