#include "providers/dialects/openai_chat.hpp"

#include <doctest/doctest.h>
#include <simdjson.h>

#include <string>
#include <string_view>
#include <vector>

using namespace std::chrono_literals;
using namespace retort::providers;
using retort::io::http_response;

namespace {

const auto now = std::chrono::system_clock::from_time_t(784111777);
const openai_chat dialect_under_test;

std::string body_of(std::string_view model, const std::vector<message>& messages,
                    const sampling& sampling) {
  std::string out;
  dialect_under_test.append_body({model, messages, sampling}, out);
  return out;
}

outcome parsed(std::string body, int status = 200, std::string headers = "") {
  http_response response;
  response.status = status;
  response.body = std::move(body);
  response.headers = std::move(headers);
  return dialect_under_test.parse(response, now);
}

// A response around one message.
std::string answer(std::string_view message) {
  return R"({"choices":[{"index":0,"message":)" + std::string(message) +
         R"(,"finish_reason":"stop"}]})";
}

const std::string full_response = R"({
  "id": "chatcmpl-B9MBs8CjcvOU2jLn4n570S5qMJKcT",
  "object": "chat.completion",
  "created": 1741569952,
  "model": "gpt-5.6-luna-2026-07-09",
  "choices": [{
    "index": 0,
    "message": {"role": "assistant", "content": "3 + 5 = 8.\nA: 8", "refusal": null,
                "annotations": []},
    "logprobs": null,
    "finish_reason": "stop"
  }],
  "usage": {"prompt_tokens": 19, "completion_tokens": 10, "total_tokens": 29,
            "prompt_tokens_details": {"cached_tokens": 4, "audio_tokens": 0},
            "completion_tokens_details": {"reasoning_tokens": 3, "audio_tokens": 0}},
  "service_tier": "default"
})";

}  // namespace

TEST_CASE("the request goes to chat/completions with the key as a bearer token") {
  CHECK(dialect_under_test.target("m", delivery::whole) == "/chat/completions");
  CHECK(dialect_under_test.headers("sk-1") == "Authorization: Bearer sk-1\r\n");
  CHECK(dialect_under_test.headers("") == "");
}

TEST_CASE("the body holds the model, the messages and nothing that was not set") {
  CHECK(body_of("gpt-5.6-luna", {{"user", "2+2?"}}, {}) ==
        R"({"model":"gpt-5.6-luna","messages":[{"role":"user","content":"2+2?"}]})");
  CHECK(body_of("m", {}, {}) == R"({"model":"m","messages":[]})");
  CHECK(body_of("m", {{"system", "Be brief."}, {"user", "q"}, {"assistant", "a"}, {"user", ""}},
                {}) == R"({"model":"m","messages":[{"role":"system","content":"Be brief."},)"
                       R"({"role":"user","content":"q"},{"role":"assistant","content":"a"},)"
                       R"({"role":"user","content":""}]})");
}

TEST_CASE("sampling parameters are sent as they were given") {
  CHECK(body_of("m", {}, {.temperature = 0.7, .top_p = 0.95, .max_tokens = 512}) ==
        R"({"model":"m","messages":[],"temperature":0.7,"top_p":0.95,"max_tokens":512})");
  CHECK(body_of("m", {}, {.temperature = 0.0, .top_p = std::nullopt, .max_tokens = std::nullopt}) ==
        R"({"model":"m","messages":[],"temperature":0})");
  CHECK(body_of("gpt-5.6-luna", {}, {.temperature = 1.0, .top_p = 1.0, .max_tokens = 1}) ==
        R"({"model":"gpt-5.6-luna","messages":[],"temperature":1,"top_p":1,)"
        R"("max_completion_tokens":1})");
}

TEST_CASE("text is escaped for JSON and otherwise left alone") {
  CHECK(body_of("a\"b", {{"user", "\"\\\n\t\x01 caf\xc3\xa9 </script> {{x}}"}}, {}) ==
        R"({"model":"a\"b","messages":[{"role":"user","content":"\"\\\n\t\u0001 )"
        "caf\xc3\xa9 </script> {{x}}\"}]}");
}

TEST_CASE("the body is appended to what is there") {
  std::string out = "POST / HTTP/1.1\r\n\r\n";
  const std::vector<message> messages;
  dialect_under_test.append_body({"m", messages, {}}, out);
  CHECK(out == "POST / HTTP/1.1\r\n\r\n{\"model\":\"m\",\"messages\":[]}");
}

TEST_CASE("a whole response becomes a completion") {
  const outcome result = parsed(full_response);
  REQUIRE(result.has_value());
  CHECK(result->text == "3 + 5 = 8.\nA: 8");
  CHECK(result->reasoning == "");
  CHECK(result->refusal == "");
  CHECK(result->finish_reason == "stop");
  CHECK(result->model == "gpt-5.6-luna-2026-07-09");
  CHECK(result->request_id == "chatcmpl-B9MBs8CjcvOU2jLn4n570S5qMJKcT");
  CHECK(result->service_tier == "default");
  CHECK(result->usage.input == 19);
  CHECK(result->usage.cached == 4);
  CHECK(result->usage.output == 10);
  CHECK(result->usage.reasoning == 3);
}

TEST_CASE("the least response is enough") {
  const outcome result = parsed(R"({"choices":[{"message":{"content":"hi"}}]})");
  REQUIRE(result.has_value());
  CHECK(result->text == "hi");
  CHECK(result->finish_reason == "");
  CHECK(result->model == "");
  CHECK(result->request_id == "");
  CHECK(result->usage.input == -1);
  CHECK(result->usage.cached == -1);
  CHECK(result->usage.output == -1);
  CHECK(result->usage.reasoning == -1);
}

TEST_CASE("the header's request id beats the body's id") {
  CHECK(parsed(full_response, 200, "x-request-id: req_1\n")->request_id == "req_1");
}

TEST_CASE("a request id is text, whatever bytes the header holds") {
  CHECK(parsed(full_response, 200, "x-request-id: a\xff\t b\n")->request_id == "a\xef\xbf\xbd b");
}

TEST_CASE("blank lines before the JSON and any 2xx are fine") {
  CHECK(parsed("\n\n\r\n  \n" + full_response + "\n")->usage.input == 19);
  CHECK(parsed(full_response, 201)->usage.input == 19);
}

TEST_CASE("null beside choices is no error") {
  CHECK(parsed(R"({"error":null,"choices":[{"error":null,"message":{"content":"hi"}}]})")->text ==
        "hi");
}

TEST_CASE("content is a text, null or a list of parts") {
  struct {
    std::string_view message, text;
  } const table[] = {
      {R"({"role":"assistant","content":"hi"})", "hi"},
      {R"({"role":"assistant","content":""})", ""},
      {R"({"role":"assistant","content":null})", ""},
      {R"({"role":"assistant"})", ""},
      {R"({"content":[]})", ""},
      {R"({"content":[{"type":"text","text":"a"},{"type":"text","text":"b"}]})", "ab"},
      {R"({"content":[{"type":"image_url","image_url":{}},{"type":"text","text":"b"}]})", "b"},
      {R"({"content":[{"type":"text","text":null}]})", ""},
      {R"({"content":"caf\u00e9 \ud83d\ude00 \"q\" \\ \n"})",
       "caf\xc3\xa9 \xf0\x9f\x98\x80 \"q\" \\ \n"},
      {R"({"content":"cut \ud83d"})", "cut \ufffd"},
      {R"({"content":"\ude00 cut"})", "\ufffd cut"},
  };
  for (const auto& [message, text] : table) {
    CAPTURE(message);
    const outcome result = parsed(answer(message));
    REQUIRE(result.has_value());
    CHECK(result->text == text);
    CHECK(simdjson::validate_utf8(result->text.data(), result->text.size()));
  }
}

TEST_CASE("reasoning is read under both its names") {
  struct {
    std::string_view message, reasoning;
  } const table[] = {
      {R"({"content":"a","reasoning_content":"r"})", "r"},
      {R"({"content":"a","reasoning":"r"})", "r"},
      {R"({"content":"a","reasoning_content":null,"reasoning":"r"})", "r"},
      {R"({"content":"a","reasoning_content":"r","reasoning":"r"})", "r"},
      {R"({"content":"a","reasoning":null})", ""},
      {R"({"content":"a","reasoning":{"effort":"low"}})", ""},
      {R"({"content":null,"reasoning":"cut short"})", "cut short"},
  };
  for (const auto& [message, reasoning] : table) {
    CAPTURE(message);
    CHECK(parsed(answer(message))->reasoning == reasoning);
  }
}

TEST_CASE("a refusal is told") {
  const outcome result = parsed(answer(R"({"content":null,"refusal":"I can't help with that."})"));
  REQUIRE(result.has_value());
  CHECK(result->text == "");
  CHECK(result->refusal == "I can't help with that.");
}

TEST_CASE("the finish reason is the provider's own word") {
  for (const std::string_view reason :
       {"stop", "length", "tool_calls", "content_filter", "model_length", "pause_turn"}) {
    const std::string body = R"({"choices":[{"message":{"content":""},"finish_reason":")" +
                             std::string(reason) + R"("}]})";
    CHECK(parsed(body)->finish_reason == reason);
  }
  CHECK(parsed(R"({"choices":[{"message":{"content":""},"finish_reason":null}]})")->finish_reason ==
        "");
}

TEST_CASE("usage is read in the ways of the servers, and is -1 where they are silent") {
  struct {
    std::string_view usage;
    std::int64_t input, cached, output, reasoning;
  } const table[] = {
      {"null", -1, -1, -1, -1},
      {"{}", -1, -1, -1, -1},
      {"[]", -1, -1, -1, -1},
      {R"({"prompt_tokens":1,"completion_tokens":2})", 1, -1, 2, -1},
      {R"({"prompt_tokens":0,"completion_tokens":0})", -1, -1, 0,
       -1},  // of an answer without content
      {R"({"prompt_tokens":-5,"completion_tokens":"two"})", -1, -1, -1, -1},
      {R"({"prompt_tokens":1,"prompt_tokens_details":null,"completion_tokens_details":null})", 1,
       -1, -1, -1},
      {R"({"prompt_tokens_details":{"cached_tokens":7}})", -1, 7, -1, -1},
      {R"({"prompt_cache_hit_tokens":8})", -1, 8, -1, -1},
      {R"({"completion_tokens_details":{"reasoning_tokens":9}})", -1, -1, -1, 9},
      {R"({"reasoning_tokens":10})", -1, -1, -1, 10},
  };
  for (const auto& [text, input, cached, output, reasoning] : table) {
    CAPTURE(text);
    const outcome result =
        parsed(R"({"choices":[{"message":{"content":""}}],"usage":)" + std::string(text) + "}");
    REQUIRE(result.has_value());
    CHECK(result->usage.input == input);
    CHECK(result->usage.cached == cached);
    CHECK(result->usage.output == output);
    CHECK(result->usage.reasoning == reasoning);
  }
}

TEST_CASE("of a member that is there twice the first counts") {
  const auto got = parsed(
      R"({"model":"a","model":"b","choices":[{"message":{"content":"x","content":"y"},"message":null,)"
      R"("finish_reason":"stop","finish_reason":"length"}],"choices":[],)"
      R"("usage":{"prompt_tokens":5,"prompt_tokens":6,"prompt_tokens_details":{"cached_tokens":3},)"
      R"("prompt_tokens_details":{}},"usage":null})");
  REQUIRE(got.has_value());
  CHECK(got->text == "x");
  CHECK(got->model == "a");
  CHECK(got->finish_reason == "stop");
  CHECK(got->usage.input == 5);
  CHECK(got->usage.cached == 3);
}

TEST_CASE("a 2xx that is no completion is an invalid response, worth another try") {
  struct {
    std::string_view body, message;
  } const table[] = {
      {"", "the response is not JSON: (empty body)"},
      {"\n\n", "the response is not JSON: (empty body)"},
      {"<html>\n<body>", "the response is not JSON: <html> <body>"},
      {R"({"choices":[{"message":{"content":"cut)",
       R"(the response is not JSON: {"choices":[{"message":{"content":"cut)"},
      {R"({"choices":[{"message":{"content":"cut"})",
       R"(the response is not JSON: {"choices":[{"message":{"content":"cut"})"},
      {"date: {}", "the response is not JSON: date: {}"},
      {"[]", "the response has no choices: []"},
      {"7", "the response has no choices: 7"},
      {"{}", "the response has no choices: {}"},
      {R"({"choices":null})", R"(the response has no choices: {"choices":null})"},
      {R"({"choices":[]})", R"(the response has no choices: {"choices":[]})"},
      {R"({"choices":{}})", R"(the response has no choices: {"choices":{}})"},
      {R"({"choices":[{}]})", R"(the response's choice has no message: {"choices":[{}]})"},
      {R"({"choices":[7]})", R"(the response's choice has no message: {"choices":[7]})"},
      {R"({"choices":[{"message":"hi"}]})",
       R"(the response's choice has no message: {"choices":[{"message":"hi"}]})"},
      {R"({"choices":[{"message":{"content":7}}]})",
       R"(the response's content is not text: {"choices":[{"message":{"content":7}}]})"},
      {R"({"choices":[{"message":{"content":["hi"]}}]})",
       R"(the response's content is not text: {"choices":[{"message":{"content":["hi"]}}]})"},
  };
  for (const auto& [body, message] : table) {
    CAPTURE(body);
    const outcome result = parsed(std::string(body));
    REQUIRE_FALSE(result.has_value());
    CHECK(result.error().kind == failure_kind::invalid_response);
    CHECK(is_transient(result.error().kind));
    CHECK(result.error().status == 200);
    CHECK(result.error().message == message);
  }
}

TEST_CASE("an error status is classified, whatever the body") {
  const outcome limited = parsed(
      R"({"error":{"message":"Slow","type":"requests","param":null,"code":"rate_limit_exceeded"}})",
      429, "retry-after: 2\n");
  REQUIRE_FALSE(limited.has_value());
  CHECK(limited.error().kind == failure_kind::rate_limited);
  CHECK(limited.error().status == 429);
  CHECK(limited.error().message == "Slow (rate_limit_exceeded)");
  CHECK(limited.error().retry_after == 2s);
  CHECK(parsed(full_response, 500).error().kind == failure_kind::server_error);
  CHECK(parsed("<html>", 502).error().message == "<html>");
}

TEST_CASE(
    "MiniMax's base_resp is an error where its code says so, and stands beside good answers") {
  const outcome broke = parsed(
      R"({"choices":null,"base_resp":{"status_code":1008,"status_msg":"insufficient balance"}})");
  REQUIRE(broke.has_error());
  CHECK(broke.error().kind == failure_kind::quota_exhausted);
  CHECK(parsed(R"({"choices":[{"message":{"content":"hi"}}],)"
               R"("base_resp":{"status_code":0,"status_msg":"success"}})")
            ->text == "hi");
}

TEST_CASE("an error inside a 200 is classified, at the top or in the choice") {
  const outcome top = parsed(R"({"error":{"code":429,"message":"busy"}})");
  REQUIRE_FALSE(top.has_value());
  CHECK(top.error().kind == failure_kind::rate_limited);
  CHECK(top.error().message == "busy");
  const outcome inside = parsed(
      R"({"choices":[{"error":{"code":502,"message":"upstream"},"message":{"content":"half"}}]})");
  REQUIRE_FALSE(inside.has_value());
  CHECK(inside.error().kind == failure_kind::server_error);
  CHECK(inside.error().message == "upstream");
  const outcome flat = parsed(R"({"object":"error","message":"full","code":503})");
  REQUIRE_FALSE(flat.has_value());
  CHECK(flat.error().kind == failure_kind::overloaded);
}

TEST_CASE("no prefix of a response crashes the parser or passes for a whole one") {
  for (std::size_t size = 0; size < full_response.size(); ++size) {
    const outcome result = parsed(full_response.substr(0, size));
    REQUIRE_FALSE(result.has_value());
    CHECK(result.error().kind == failure_kind::invalid_response);
  }
}
