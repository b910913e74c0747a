#include "engine/prompt/step_answers.hpp"

#include <doctest/doctest.h>

#include <array>

using namespace retort;
using namespace retort::engine;

namespace {

std::string fields_of(const std::string& text, const std::string& reasoning = "") {
  providers::completion answer;
  answer.text = text;
  answer.reasoning = reasoning;
  return answer_fields(answer);
}

}  // namespace

TEST_CASE("an answer is handed on as it is, with the thinking that stands beside it") {
  CHECK(fields_of("It is \"8\".\n", "7 + 1") == R"({"text":"It is \"8\".\n","reasoning":"7 + 1"})");
}

TEST_CASE("thinking within the text is no part of the answer") {
  CHECK(fields_of("<think>7 + 1</think>It is 8") == R"({"text":"It is 8","reasoning":""})");
}

TEST_CASE("JSON is handed on as JSON, alone or among words") {
  CHECK(fields_of(" {\"a\": {\"b\": [1, 2]}} ") ==
        R"({"text":" {\"a\": {\"b\": [1, 2]}} ","reasoning":"","json":{"a":{"b":[1,2]}}})");
  CHECK(fields_of("Here: {\"a\": 1}") ==
        R"({"text":"Here: {\"a\": 1}","reasoning":"","json":{"a":1}})");
  CHECK(fields_of("[1, 2]") == R"({"text":"[1, 2]","reasoning":"","json":[1,2]})");
  CHECK(fields_of("{\"a\": 1") == R"({"text":"{\"a\": 1","reasoning":""})");
  CHECK(fields_of("") == R"({"text":"","reasoning":""})");
}

TEST_CASE("a prompt's context has the steps by name") {
  const std::array<std::pair<std::string_view, std::string_view>, 2> steps = {
      {{"draft", R"({"text":"a"})"}, {"review", R"({"text":"b"})"}}};
  CHECK(steps_context(steps) == R"({"steps":{"draft":{"text":"a"},"review":{"text":"b"}}})");
}
