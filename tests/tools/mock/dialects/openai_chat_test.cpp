#include <doctest/doctest.h>

#include <string>

#include "tests/tools/mock/both_sides.hpp"
#include "tests/tools/mock/client.hpp"

using namespace retort;
using namespace retort::test;

namespace {

bool says(const io::http_response& response, std::string_view what) {
  return response.body.find(what) != std::string::npos;
}

}  // namespace

TEST_CASE("Azure's classic path names the model; one in the body is ignored") {
  both_sides sides;
  const std::string target = "/openai/deployments/gpt-x/chat/completions?api-version=2024-10-21";
  CHECK(sides.post(target, R"({"messages":[{"role":"user","content":"1 + 1"}]})") == 200);
  CHECK(says(sides.response, R"("model":"gpt-x")"));
  CHECK(sides.post(target, chat_body("1 + 1")) == 200);
  CHECK(says(sides.response, R"("model":"gpt-x")"));
}

TEST_CASE("a conversation with a tool's call and answer is one to answer") {
  both_sides sides;
  CHECK(sides.post("/chat/completions",
                   R"({"model":"m","messages":[{"role":"user","content":"1 + 1"},)"
                   R"({"role":"assistant","content":null,"tool_calls":[{"id":"c1"}]},)"
                   R"({"role":"tool","tool_call_id":"c1","content":"2"}]})") == 200);
  CHECK(says(sides.response, "2"));
  CHECK(sides.post("/chat/completions",
                   R"({"model":"m","messages":[{"role":"user","content":null}]})") == 400);
}

TEST_CASE("chat completions give log probabilities where they are asked for") {
  both_sides sides;
  const std::string plain = chat_body("1 + 1");
  CHECK(sides.post("/chat/completions", plain) == 200);
  CHECK_FALSE(says(sides.response, "logprobs"));
  providers::sampling asked;
  asked.logprobs = 2;
  const auto answer = sides.ask("openai", "1 + 1", asked);
  REQUIRE(answer.has_value());
  REQUIRE(answer->logprobs.size() == 12);
  std::string chosen;
  for (const auto& token : answer->logprobs) {
    CHECK(token.logprob < 0);
    if (token.rank == 0) chosen += token.text;
  }
  CHECK(chosen == answer->text);
  CHECK(answer->logprobs[1].text == answer->logprobs[0].text);
  CHECK(answer->logprobs[2].logprob == answer->logprobs[0].logprob - 1);
  const auto streamed = sides.stream("openai", "1 + 1", asked);
  REQUIRE(streamed.has_value());
  REQUIRE(streamed->logprobs.size() == 12);
  for (std::size_t i = 0; i < 12; ++i) {
    CHECK(streamed->logprobs[i].text == answer->logprobs[i].text);
    CHECK(streamed->logprobs[i].logprob == answer->logprobs[i].logprob);
  }
  std::string many = plain;
  many.insert(many.size() - 1, R"(,"logprobs":true,"top_logprobs":21)");
  CHECK(sides.post("/chat/completions", many) == 400);
  CHECK(says(sides.response, R"("param":"top_logprobs")"));
}

TEST_CASE(
    "a stream of chunks tells its usage to those who ask for it, in a last chunk of its own") {
  both_sides sides;
  const std::string plain = chat_body("1 + 1", true);
  CHECK(sides.post("/chat/completions", plain) == 200);
  CHECK_FALSE(says(sides.response, "usage"));
  std::string asking = plain;
  asking.insert(asking.size() - 1, R"(,"stream_options":{"include_usage":true})");
  CHECK(sides.post("/chat/completions", asking) == 200);
  CHECK(says(sides.response, R"("finish_reason":null}],"usage":null})"));
  CHECK(sides.response.body.ends_with(
      R"("choices":[],"usage":{"prompt_tokens":2,"completion_tokens":4,"total_tokens":6}})"
      "\n\ndata: [DONE]\n\n"));
}
