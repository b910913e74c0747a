// Gemini's generateContent: ai.google.dev/api/generate-content; its errors are those of
// google.rpc: google.aip.dev/193.
#include <fmt/format.h>

#include <algorithm>

#include "tools/mock/answers/pieces.hpp"
#include "tools/mock/dialects/dialect.hpp"

namespace retort::mock {
namespace {

api_error invalid(std::string message) { return {400, std::move(message)}; }

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  const char lower = static_cast<char>(c | 0x20);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

std::string percent_decoded(std::string_view text) {
  std::string plain;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const int high = i + 2 < text.size() ? hex_digit(text[i + 1]) : -1;
    const int low = high < 0 ? -1 : hex_digit(text[i + 2]);
    const bool coded = text[i] == '%' && low >= 0;
    plain += coded ? static_cast<char>(high * 16 + low) : text[i];
    i += coded ? 2 : 0;
  }
  return plain;
}

// .../models/MODEL:generateContent
std::string model_in(std::string_view target) {
  const std::string_view path = path_of(target);
  const std::string_view name = path.substr(path.rfind('/') + 1);
  return percent_decoded(name.substr(0, name.rfind(':')));
}

std::string_view query_of(std::string_view target) {
  const std::size_t mark = target.find('?');
  return mark == target.npos ? std::string_view() : target.substr(mark + 1);
}

// One of its parameters is that.
bool has_parameter(std::string_view query, std::string_view wanted) {
  while (!query.empty()) {
    const std::string_view one = query.substr(0, query.find('&'));
    if (one == wanted) return true;
    query.remove_prefix(std::min(one.size() + 1, query.size()));
  }
  return false;
}

// False when one has no parts.
bool add_contents(question& to, simdjson::dom::array contents) {
  for (const json_element each : contents) {
    json_element parts;
    if (each["parts"].get(parts)) return false;
    std::string_view role = text_at(each["role"]);
    if (role.empty()) role = "user";
    add_content(to, role, content_text(parts).value_or(""));
  }
  return true;
}

void add_system(question& to, json_element body) {
  json_element parts;
  if (body["systemInstruction"]["parts"].get(parts)) return;
  add_content(to, "system", content_text(parts).value_or(""));
}

// The function that the mode ANY forces the model to call; "" for none.
std::string_view forced_tool(json_element body) {
  const json_result config = body["toolConfig"]["functionCallingConfig"];
  const std::string_view first = text_at(body["tools"].at(0)["functionDeclarations"].at(0)["name"]);
  if (first.empty() || text_at(config["mode"]) != "ANY") return "";
  const std::string_view allowed = text_at(config["allowedFunctionNames"].at(0));
  return allowed.empty() ? first : allowed;
}

std::string_view status_name(int status) {
  switch (status) {
    case 401: return "UNAUTHENTICATED";
    case 404: return "NOT_FOUND";
    case 405: return "UNIMPLEMENTED";
    case 429: return "RESOURCE_EXHAUSTED";
    case 500: return "INTERNAL";
    case 503: return "UNAVAILABLE";
    default: return "INVALID_ARGUMENT";
  }
}

void write_retry_info(io::json_writer& json, const retry_advice& retry) {
  json.member("@type", "type.googleapis.com/google.rpc.RetryInfo");
  json.member("retryDelay", fmt::format("{:.9g}s", retry.seconds));
}

// The delay is here, not in a header.
std::string error_text(const api_error& why) {
  return object_text([&](io::json_writer& json) {
    write_object(json, "error", [&] {
      json.member("code", why.status);
      json.member("message", why.message);
      json.member("status", status_name(why.status));
      if (!why.retry) return;
      write_array(json, "details",
                  [&] { write_object(json, [&] { write_retry_info(json, *why.retry); }); });
    });
  });
}

void write_thought(io::json_writer& json, std::string_view text) {
  json.member("text", text);
  json.member("thought", true);
}

void write_call(io::json_writer& json, const reply& said) {
  write_object(json, "functionCall", [&] {
    json.member("name", said.to.tool);
    json.member_raw("args", said.text);
  });
}

void write_answer(io::json_writer& json, const reply& said) {
  said.is_call() ? write_call(json, said) : json.member("text", said.text);
}

// `parts` writes those.
template <class Fill>
void write_candidate(io::json_writer& json, std::string_view finish, Fill parts) {
  write_array(json, "candidates", [&] {
    write_object(json, [&] {
      write_object(json, "content", [&] {
        write_array(json, "parts", parts);
        json.member("role", "model");
      });
      if (!finish.empty()) json.member("finishReason", finish);
      json.member("index", 0);
    });
  });
}

// Thoughts are counted beside the candidate.
void write_usage(io::json_writer& json, const reply& said) {
  const std::uint64_t prompt = said.to.prompt_tokens();
  write_object(json, "usageMetadata", [&] {
    json.member("promptTokenCount", prompt);
    json.member("cachedContentTokenCount", 0);
    json.member("candidatesTokenCount", said.text_tokens);
    if (said.reasoning_tokens > 0) json.member("thoughtsTokenCount", said.reasoning_tokens);
    json.member("totalTokenCount", prompt + said.output_tokens());
  });
}

// What every body and event ends with.
void write_rest(io::json_writer& json, const reply& said) {
  write_usage(json, said);
  json.member("modelVersion", said.to.model);
  json.member("responseId", "mock-" + std::to_string(said.number));
}

// An event of a stream is a body of its own, with the counts so far.
template <class Fill>
std::string body_text(const reply& said, std::string_view finish, Fill parts) {
  return object_text([&](io::json_writer& json) {
    write_candidate(json, finish, [&] { write_object(json, [&] { parts(json); }); });
    write_rest(json, said);
  });
}

std::string_view finish_reason(const reply& said) { return said.cut_short ? "MAX_TOKENS" : "STOP"; }

class content final : public dialect {
 public:
  std::string_view key_of(const request& asked) const override {
    return asked.field("x-goog-api-key");
  }

  boost::system::result<question, api_error> read(std::string_view target,
                                                  json_element body) const override {
    question asked;
    asked.model = model_in(target);
    asked.stream = path_of(target).ends_with(":streamGenerateContent");
    if (asked.stream && !has_parameter(query_of(target), "alt=sse")) {
      return invalid("streamGenerateContent: this server streams with alt=sse only");
    }
    add_system(asked, body);
    simdjson::dom::array contents;
    if (body["contents"].get(contents) || contents.size() == 0) {
      return invalid("contents: at least one is required");
    }
    if (!add_contents(asked, contents)) return invalid("contents: each needs parts");
    asked.max_tokens = count_at(body["generationConfig"]["maxOutputTokens"]);
    asked.seed = count_at(body["generationConfig"]["seed"]);
    asked.tool = forced_tool(body);
    return asked;
  }

  std::string whole(const reply& said) const override {
    return object_text([&](io::json_writer& json) {
      write_candidate(json, finish_reason(said), [&] {
        if (!said.reasoning.empty()) {
          write_object(json, [&] { write_thought(json, said.reasoning); });
        }
        write_object(json, [&] { write_answer(json, said); });
      });
      write_rest(json, said);
    });
  }

  // A call comes in one piece, and no terminator after the last.
  std::vector<event> stream(const reply& said) const override {
    std::vector<event> all;
    const auto add = [&](std::string_view finish, bool is_piece, auto parts) {
      all.push_back({sse("", body_text(said, finish, parts)), is_piece});
    };
    for (const std::string_view piece : pieces_of(said.reasoning)) {
      add("", true, [&](io::json_writer& json) { write_thought(json, piece); });
    }
    if (said.is_call()) add("", true, [&](io::json_writer& json) { write_call(json, said); });
    const std::string_view text = said.is_call() ? std::string_view() : said.text;
    for (const std::string_view piece : pieces_of(text, said.pieces)) {
      add("", true, [&](io::json_writer& json) { json.member("text", piece); });
    }
    add(finish_reason(said), false, [](io::json_writer& json) { json.member("text", ""); });
    return all;
  }

  std::string error_event(const api_error& why, std::string_view, std::size_t) const override {
    return sse("", error_text(why));
  }

  worded_error word(const api_error& why, std::string_view) const override {
    return {why.status, error_text(why)};
  }

  std::string id_headers(std::string_view) const override { return ""; }
  std::string limit_headers(std::span<const quota_reading>) const override { return ""; }
};

}  // namespace

const dialect& gemini() {
  static const content spoken;
  return spoken;
}

}  // namespace retort::mock
