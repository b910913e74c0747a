// Anthropic's Messages: docs.claude.com/en/api (messages, errors, rate-limits).
#include <fmt/chrono.h>
#include <fmt/format.h>

#include <chrono>
#include <cmath>
#include <iterator>

#include "tools/mock/answers/pieces.hpp"
#include "tools/mock/dialects/dialect.hpp"

namespace retort::mock {
namespace {

api_error invalid(std::string message) { return {400, std::move(message)}; }

// The tool that tool_choice forces the model to use; "" for none.
std::string_view forced_tool(json_element body) {
  const json_result choice = body["tool_choice"];
  const std::string_view first = text_at(body["tools"].at(0)["name"]);
  if (first.empty()) return "";
  return text_at(choice["type"]) == "any" ? first : text_at(choice["name"]);
}

int status_of(const api_error& why) { return why.status == 503 ? 529 : why.status; }

std::string_view type_of(int status) {
  switch (status) {
    case 401: return "authentication_error";
    case 404: return "not_found_error";
    case 429: return "rate_limit_error";
    case 500: return "api_error";
    case 529: return "overloaded_error";
    default: return "invalid_request_error";
  }
}

std::string error_text(const api_error& why, std::string_view id) {
  return object_text([&](io::json_writer& json) {
    json.member("type", "error");
    write_object(json, "error", [&] {
      json.member("type", type_of(status_of(why)));
      json.member("message", why.message);
    });
    json.member("request_id", id);
  });
}

std::string_view stop_reason(const reply& said) {
  if (said.cut_short) return "max_tokens";
  return said.is_call() ? "tool_use" : "end_turn";
}

void write_thinking(io::json_writer& json, std::string_view text, std::string_view signature) {
  json.member("type", "thinking");
  json.member("thinking", text);
  json.member("signature", signature);
}

void write_text(io::json_writer& json, std::string_view text) {
  json.member("type", "text");
  json.member("text", text);
}

void write_call(io::json_writer& json, const reply& said, std::string_view input) {
  json.member("type", "tool_use");
  json.member("id", "toolu_mock_" + std::to_string(said.number));
  json.member("name", said.to.tool);
  json.member_raw("input", input);
}

void write_content(io::json_writer& json, const reply& said) {
  write_array(json, "content", [&] {
    if (!said.reasoning.empty()) {
      write_object(json, [&] { write_thinking(json, said.reasoning, "mock"); });
    }
    write_object(json, [&] {
      said.is_call() ? write_call(json, said, said.text) : write_text(json, said.text);
    });
  });
}

// The counts of input are disjoint; output includes what was thought.
void write_usage(io::json_writer& json, const reply& said, std::uint64_t output) {
  write_object(json, "usage", [&] {
    json.member("input_tokens", said.to.prompt_tokens());
    json.member("cache_creation_input_tokens", 0);
    json.member("cache_read_input_tokens", 0);
    json.member("output_tokens", output);
    if (said.reasoning_tokens == 0 || output < said.reasoning_tokens) return;
    write_object(json, "output_tokens_details",
                 [&] { json.member("thinking_tokens", said.reasoning_tokens); });
  });
}

void write_head(io::json_writer& json, const reply& said) {
  json.member("id", "msg_mock_" + std::to_string(said.number));
  json.member("type", "message");
  json.member("role", "assistant");
  json.member("model", said.to.model);
}

// The events of one stream: a message of blocks, each of which starts, grows, and stops.
class block_events {
 public:
  explicit block_events(const reply& said) : said_(said) {}

  std::vector<event> all() && {
    add("message_start",
        [&](io::json_writer& json) { write_object(json, "message", [&] { write_begun(json); }); });
    if (!said_.reasoning.empty()) add_thinking();
    add_answer();
    add("message_delta", [&](io::json_writer& json) { write_end(json); });
    add("message_stop", [](io::json_writer&) {});
    return std::move(events_);
  }

 private:
  template <class Fill>
  void add(std::string_view type, Fill fill, bool is_piece = false) {
    events_.push_back(typed_event(type, fill, is_piece));
  }

  void write_begun(io::json_writer& json) {
    write_head(json, said_);
    json.member_raw("content", "[]");
    json.member_raw("stop_reason", "null");
    json.member_raw("stop_sequence", "null");
    write_usage(json, said_, 1);
  }

  // The counts are those of the whole message.
  void write_end(io::json_writer& json) {
    write_object(json, "delta", [&] {
      json.member("stop_reason", stop_reason(said_));
      json.member_raw("stop_sequence", "null");
    });
    write_usage(json, said_, said_.output_tokens());
  }

  template <class Fill>
  void start_block(Fill block) {
    add("content_block_start", [&](io::json_writer& json) {
      json.member("index", block_);
      write_object(json, "content_block", [&] { block(json); });
    });
    if (block_ == 0) add("ping", [](io::json_writer&) {});
  }

  void add_delta(std::string_view type, std::string_view name, std::string_view piece,
                 bool is_piece = true) {
    add(
        "content_block_delta",
        [&](io::json_writer& json) {
          json.member("index", block_);
          write_object(json, "delta", [&] {
            json.member("type", type);
            json.member(name, piece);
          });
        },
        is_piece);
  }

  void stop_block() {
    add("content_block_stop", [&](io::json_writer& json) { json.member("index", block_); });
    ++block_;
  }

  void add_thinking() {
    start_block([](io::json_writer& json) { write_thinking(json, "", ""); });
    for (const std::string_view piece : pieces_of(said_.reasoning)) {
      add_delta("thinking_delta", "thinking", piece);
    }
    add_delta("signature_delta", "signature", "mock", false);
    stop_block();
  }

  void add_answer() {
    const bool call = said_.is_call();
    start_block([&](io::json_writer& json) {
      call ? write_call(json, said_, "{}") : write_text(json, "");
    });
    for (const std::string_view piece : pieces_of(said_.text, said_.pieces)) {
      add_delta(call ? "input_json_delta" : "text_delta", call ? "partial_json" : "text", piece);
    }
    stop_block();
  }

  const reply& said_;
  std::vector<event> events_;
  int block_ = 0;
};

class messages final : public dialect {
 public:
  // Its Python client of today shows the key as a bearer token.
  std::string_view key_of(const request& asked) const override {
    const std::string_view key = asked.field("x-api-key");
    return key.empty() ? bearer_token(asked) : key;
  }

  std::optional<api_error> check_headers(const request& asked) const override {
    if (!asked.field("anthropic-version").empty()) return std::nullopt;
    return invalid("anthropic-version: header is required");
  }

  boost::system::result<question, api_error> read(std::string_view,
                                                  json_element body) const override {
    question asked;
    asked.model = text_at(body["model"]);
    if (asked.model.empty()) return invalid("model: Field required");
    asked.max_tokens = count_at(body["max_tokens"]);
    if (asked.max_tokens == 0) return invalid("max_tokens: Field required, above 0");
    json_element system;
    if (!body["system"].get(system)) {
      add_content(asked, "system", content_text(system).value_or(""));
    }
    simdjson::dom::array list;
    if (body["messages"].get(list) || list.size() == 0) {
      return invalid("messages: at least one message is required");
    }
    if (!add_messages(asked, list)) return invalid("messages: each needs a role and a content");
    asked.tool = forced_tool(body);
    asked.stream = is_true(body["stream"]);
    return asked;
  }

  std::string whole(const reply& said) const override {
    return object_text([&](io::json_writer& json) {
      write_head(json, said);
      write_content(json, said);
      json.member("stop_reason", stop_reason(said));
      json.member_raw("stop_sequence", "null");
      write_usage(json, said, said.output_tokens());
    });
  }

  std::vector<event> stream(const reply& said) const override { return block_events(said).all(); }

  std::string error_event(const api_error& why, std::string_view id, std::size_t) const override {
    return sse("error", error_text(why, id));
  }

  worded_error word(const api_error& why, std::string_view id) const override {
    const std::string wait =
        why.retry ? fmt::format("retry-after: {:.0f}\r\n", std::ceil(why.retry->seconds)) : "";
    return {status_of(why), error_text(why, id), wait};
  }

  std::string id_headers(std::string_view id) const override {
    return fmt::format("request-id: {}\r\n", id);
  }

  // A reset is a time of day, to the second.
  std::string limit_headers(std::span<const quota_reading> left) const override {
    const auto now = std::chrono::system_clock::now();
    std::string lines;
    for (const quota_reading& each : left) {
      const auto full = std::chrono::ceil<std::chrono::seconds>(now + each.until_full);
      fmt::format_to(std::back_inserter(lines),
                     "anthropic-ratelimit-{0}-limit: {1:.0f}\r\n"
                     "anthropic-ratelimit-{0}-remaining: {2:.0f}\r\n"
                     "anthropic-ratelimit-{0}-reset: {3:%Y-%m-%dT%H:%M:%SZ}\r\n",
                     each.of, each.limit, each.remaining,
                     fmt::gmtime(std::chrono::system_clock::to_time_t(full)));
    }
    return lines;
  }
};

}  // namespace

const dialect& anthropic() {
  static const messages spoken;
  return spoken;
}

}  // namespace retort::mock
