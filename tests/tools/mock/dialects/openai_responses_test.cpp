#include <doctest/doctest.h>

#include <string>

#include "tests/tools/mock/both_sides.hpp"

using namespace retort;
using namespace retort::test;

namespace {

bool says(const io::http_response& response, std::string_view what) {
  return response.body.find(what) != std::string::npos;
}

}  // namespace

TEST_CASE("an input is a text or a list of items, of which the last of the user is the prompt") {
  both_sides sides;
  for (const std::string input :
       {R"("2 + 3")", R"([{"role":"user","content":"2 + 3"}])",
        R"([{"role":"user","content":"1 + 1"},{"type":"function_call_output","output":"9 + 9"},)"
        R"({"role":"user","content":[{"type":"input_text","text":"2 + 3"}]}])"}) {
    CAPTURE(input);
    CHECK(sides.post("/v1/responses", R"({"model":"m","input":)" + input + "}") == 200);
    CHECK(says(sides.response, R"("text":"{\"answer\": \"5\"}")"));
  }
}

TEST_CASE("requests that are no responses' are refused") {
  both_sides sides;
  CHECK(sides.post("/v1/responses", R"({"input":"x"})") == 400);
  CHECK(says(sides.response, R"("param":"model")"));
  for (const std::string input : {"", R"(,"input":[])", R"(,"input":5)"}) {
    CHECK(sides.post("/v1/responses", R"({"model":"m")" + input + "}") == 400);
    CHECK(says(sides.response, R"("param":"input")"));
  }
  CHECK(sides.tally.snapshot().refused == 4);
}

TEST_CASE("responses give log probabilities where they are included") {
  both_sides sides;
  providers::sampling asked;
  asked.logprobs = 1;
  const auto answer = sides.ask("openai-responses", "1 + 1", asked);
  REQUIRE(answer.has_value());
  CHECK(answer->logprobs.size() == 8);
  CHECK(sides.stream("openai-responses", "1 + 1", asked)->logprobs.size() == 8);
}

TEST_CASE("a response that is cut short is incomplete, and says why") {
  mock::options chosen;
  chosen.output_tokens = 50;
  both_sides sides(chosen);
  CHECK(sides.post("/v1/responses", R"({"model":"m","input":"1 + 1","max_output_tokens":9})") ==
        200);
  CHECK(says(sides.response, R"("status":"incomplete")"));
  CHECK(says(sides.response, R"("incomplete_details":{"reason":"max_output_tokens"})"));
}
