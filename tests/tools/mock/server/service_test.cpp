#include "tools/mock/server/service.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <memory>
#include <string>

#include "tests/tools/mock/client.hpp"

using namespace std::chrono_literals;
using namespace retort::mock;
using namespace retort::test;

namespace {

// A service whose clock stands still until it is moved.
class rig {
 public:
  explicit rig(const options& chosen)
      : service_(service::make(chosen, tally, [this] { return now; }).value()) {}

  // The response to a chat request, as it is written once its delay is over.
  std::string ask(const std::string& body) {
    reaction made = react(body);
    service_->settle(made);
    return made.bytes;
  }
  std::string ask_for(std::string_view prompt) { return ask(chat_body(prompt)); }
  reaction react(const std::string& body) {
    request asked;
    asked.method = "POST";
    asked.target = "/v1/chat/completions";
    asked.body = body;
    return service_->react(asked);
  }
  void settle(reaction& made) { service_->settle(made); }
  std::pair<int, std::string> answer_plainly(std::string_view target, const std::string& body) {
    return service_->answer_plainly(target, body);
  }

  retort::mock::tally tally;
  quotas::time_point now{1000h};

 private:
  std::unique_ptr<service> service_;
};

bool says(const std::string& response, std::string_view what) {
  return response.find(what) != std::string::npos;
}

std::string body_of(const std::string& response) {
  return response.substr(response.find("\r\n\r\n") + 4);
}

// {"model":"m","messages":[...],KEY:VALUE}
std::string chat_with(std::string_view prompt, const std::string& member) {
  std::string body = chat_body(prompt);
  return body.insert(body.size() - 1, "," + member);
}

options tokens_per_minute(double tpm) {
  options chosen;
  chosen.tpm = tpm;
  return chosen;
}

}  // namespace

TEST_CASE("after the wait that a 429 names the request is admitted") {
  options chosen;
  chosen.rpm = 60;
  chosen.burst_s = 1;
  rig rehearsed(chosen);
  CHECK(says(rehearsed.ask_for("1 + 1"), "HTTP/1.1 200"));
  rehearsed.now += 400ms;
  const std::string refused = rehearsed.ask_for("1 + 1");
  CHECK(
      refused.starts_with("HTTP/1.1 429 Too Many Requests\r\nx-ratelimit-limit-requests: 60\r\n"));
  CHECK(says(refused, "retry-after: 1\r\nretry-after-ms: 600\r\n"));
  CHECK(says(refused, "Please try again in 600ms."));
  rehearsed.now += 600ms;
  CHECK(says(rehearsed.ask_for("1 + 1"), "HTTP/1.1 200"));
}

TEST_CASE("the prompt is charged at once, the answer when it is given") {
  options chosen = tokens_per_minute(100);
  chosen.output_tokens = 60;
  rig rehearsed(chosen);
  const std::string body = chat_body(std::string(156, ' ') + "1+1");  // 40 tokens
  reaction first = rehearsed.react(body);
  reaction second = rehearsed.react(body);
  CHECK(first.answered);
  CHECK(second.answered);
  rehearsed.settle(first);
  CHECK(
      says(first.bytes, "x-ratelimit-remaining-tokens: 0\r\nx-ratelimit-reset-tokens: 1m24s\r\n"));
  rehearsed.settle(second);
  CHECK(says(second.bytes, "x-ratelimit-reset-tokens: 2m0s\r\n"));
  rehearsed.now += 60s;
  const std::string refused = rehearsed.ask(body);
  CHECK(says(refused, "HTTP/1.1 429"));
  CHECK(says(refused, "retry-after: 24\r\nretry-after-ms: 24000\r\n"));
  CHECK(says(refused, "x-ratelimit-remaining-tokens: 0\r\nx-ratelimit-reset-tokens: 1m0s\r\n"));
  CHECK(rehearsed.tally.snapshot().rate_limited == 1);
}

TEST_CASE("a prompt that the bucket can never hold is told so") {
  rig rehearsed(tokens_per_minute(10));
  const std::string refused = rehearsed.ask_for(std::string(41, 'x'));
  CHECK(says(refused, "HTTP/1.1 429"));
  CHECK(says(refused, "Request too large"));
  CHECK_FALSE(says(refused, "retry-after"));
}

TEST_CASE("a spoilt answer costs its prompt only") {
  options chosen = tokens_per_minute(100);
  chosen.error_503 = 1;
  rig rehearsed(chosen);
  CHECK(says(rehearsed.ask_for("1 + 1"), "x-ratelimit-remaining-tokens: 98\r\n"));
}

TEST_CASE("what is no valid request costs nothing") {
  options chosen;
  chosen.rpm = 60;
  rig rehearsed(chosen);
  for (int i = 0; i < 100; ++i) CHECK(says(rehearsed.ask("{}"), "HTTP/1.1 400"));
  CHECK(says(rehearsed.ask_for("1 + 1"), "x-ratelimit-remaining-requests: 59\r\n"));
}

TEST_CASE("answers are as long as they are told to be, the answer proper last") {
  options chosen;
  chosen.answer = answer_style::text;
  chosen.output_tokens = 50;
  rig rehearsed(chosen);
  const std::string response = rehearsed.ask_for("5 + 3");
  CHECK(says(response, R"("completion_tokens":50,)"));
  CHECK(says(response, R"("finish_reason":"stop")"));
  const std::string content = answer_in(body_of(response));
  CHECK(content.size() == 200);
  CHECK(content.ends_with("\n5 + 3 = 8. A: 8"));
}

TEST_CASE("a JSON answer stays alone; only its usage is that of a longer one") {
  options chosen;
  chosen.output_tokens = 50;
  rig rehearsed(chosen);
  const std::string response = rehearsed.ask_for("5 + 3");
  CHECK(says(response, R"("completion_tokens":50,)"));
  CHECK(answer_in(body_of(response)) == R"({"answer": "8"})");
}

TEST_CASE("no answer is longer than the request wants it") {
  options chosen;
  chosen.answer = answer_style::text;
  chosen.output_tokens = 50;
  rig rehearsed(chosen);
  struct {
    std::string member, finish, tokens;
  } const table[] = {
      {R"("max_tokens":20)", "length", "20"},
      {R"("max_completion_tokens":20)", "length", "20"},
      {R"("max_completion_tokens":20,"max_tokens":30)", "length", "20"},
      {R"("max_tokens":50)", "stop", "50"},
      {R"("max_tokens":null)", "stop", "50"},
      {R"("max_tokens":0)", "stop", "50"},
      {R"("max_tokens":-1)", "stop", "50"},
  };
  for (const auto& row : table) {
    CAPTURE(row.member);
    const std::string response = rehearsed.ask(chat_with("5 + 3", row.member));
    CHECK(says(response, R"("finish_reason":")" + row.finish + '"'));
    CHECK(says(response, R"("completion_tokens":)" + row.tokens + ','));
    CHECK(answer_in(body_of(response)).ends_with("A: 8"));
  }
}

TEST_CASE("without output_tokens max_tokens changes nothing") {
  rig rehearsed(options{});
  const std::string response = rehearsed.ask(chat_with("5 + 3", R"("max_tokens":1)"));
  CHECK(says(response, R"("completion_tokens":4,)"));
  CHECK(says(response, R"("finish_reason":"stop")"));
}

TEST_CASE("a body is answered plainly: no fault, no quota, nothing counted") {
  options chosen;
  chosen.error_500 = 1;
  chosen.rpm = 60;
  chosen.burst_s = 1;
  rig rehearsed(chosen);
  for (int i = 0; i < 3; ++i) {
    const auto [status, body] =
        rehearsed.answer_plainly("/v1/chat/completions", chat_body("2 + 2"));
    CHECK(status == 200);
    CHECK(answer_in(body) == R"({"answer": "4"})");
  }
  CHECK(rehearsed.answer_plainly("/v1/chat/completions", "{}").first == 400);
  CHECK(rehearsed.answer_plainly("/v1/chat/completions", "[").first == 400);
  CHECK(rehearsed.answer_plainly("/v1/nothing", chat_body("2 + 2")).first == 404);
  CHECK(rehearsed.tally.snapshot().requests == 0);
}

TEST_CASE("prompt and max_tokens together are held against the context") {
  options chosen;
  chosen.context = 30;
  rig rehearsed(chosen);
  const std::string prompt(80, 'x');  // 20 tokens
  CHECK(says(rehearsed.ask(chat_with(prompt, R"("max_tokens":10)")), "HTTP/1.1 200"));
  const std::string refused = rehearsed.ask(chat_with(prompt, R"("max_tokens":11)"));
  CHECK(says(refused, "HTTP/1.1 400"));
  CHECK(says(refused, R"("code":"context_length_exceeded")"));
  CHECK(says(refused, "31 are asked for: 20 in the messages, 11 for the answer"));
}
