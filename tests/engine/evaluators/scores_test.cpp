#include "engine/evaluators/scores.hpp"

#include <fmt/format.h>

#include "tests/support/evaluators.hpp"
#include "tests/support/places.hpp"
#include "tests/support/temporary_directory.hpp"

using namespace retort;
using namespace retort::engine;
using test::configured;

namespace {

judgement said_of(const evaluator& by, std::string_view id) {
  const providers::completion none;
  return by.evaluate({"", std::nullopt, none, id});
}

std::string problem_with(const std::string& content, const test::evaluator_keys& keys = {}) {
  const test::temporary_directory files;
  auto config = configured("scores", keys);
  config.keys["path"] = {files.file("s.jsonl", content)};
  const auto made = make_evaluator(config, evaluator_kinds());
  if (made) return "";
  const std::string& message = made.error().message;
  const auto at = message.find(files.path());
  return at == message.npos ? message : message.substr(at + files.path().size() + 1);
}

}  // namespace

TEST_CASE("scores says what the file says of the record's id, else nothing") {
  const std::string file = test::in_source("tests/engine/evaluators/scores/one.jsonl");
  const auto by = test::made(configured("scores", {{"path", file}}));
  CHECK(said_of(by, "q0").score == 1);
  CHECK(said_of(by, "q1").score == 0.25);
  CHECK_FALSE(said_of(by, "q2").score.has_value());
  CHECK(said_of(by, "q2").detail == "the score is null");
  CHECK_FALSE(said_of(by, "q3").score.has_value());
  CHECK(said_of(by, "q3").detail == "no score for this id");
  const auto other = test::made(configured("scores", {{"path", file}, {"field", "other"}}));
  CHECK(said_of(other, "q0").score == 0.5);
  CHECK(by.data != other.data);
}

TEST_CASE("the results of a batch that judged are scores by custom_id") {
  const test::temporary_directory files;
  const auto result_of = [](std::string_view id, std::string_view content) {
    return fmt::format(
        R"({{"id":"b","custom_id":"{}","response":{{"status_code":200,"body":{{"choices":)"
        R"([{{"index":0,"message":{{"role":"assistant","content":{}}}}}]}}}},"error":null}})"
        "\n",
        id, content);
  };
  const std::string file = files.file(
      "results.jsonl",
      result_of("a", R"("0.25")") +
          result_of("b", R"("It is fair.\n{\"score\": 0.5, \"why\": \"x\"}")") +
          result_of("c", R"("<think>0.9</think>\n\n1")") + result_of("d", R"("8 of 10")") +
          result_of("e", "null") +
          R"({"custom_id":"f","response":null,"error":{"code":"batch_expired","message":"late"}})"
          "\n" +
          R"({"custom_id":"g","response":{"status_code":500,"body":{"error":{"message":"x"}}},"error":null})"
          "\n");
  const auto by = test::made(configured("scores", {{"path", file}}));
  CHECK(said_of(by, "a").score == 0.25);
  CHECK(said_of(by, "b").score == 0.5);
  CHECK(said_of(by, "c").score == 1);
  for (const char* none : {"d", "e", "f", "g"}) {
    CAPTURE(none);
    CHECK_FALSE(said_of(by, none).score.has_value());
    CHECK(said_of(by, none).detail == "its reply is no number from 0 to 1");
  }
  const auto other = test::made(configured("scores", {{"path", file}, {"field", "why"}}));
  CHECK_FALSE(said_of(other, "b").score.has_value());
}

TEST_CASE("what is wrong in a file of scores is named by its line") {
  CHECK(problem_with("{\"id\":1,\"score\":true}\n") == "");
  CHECK(problem_with("{\"id\":1,\"score\":0.5}\n{\"id\":2,\"score\":1.5}\n") ==
        "s.jsonl:2: score is \"1.5\"; expected a number from 0 to 1");
  CHECK(problem_with("{\"id\":1,\"score\":0.5}\nnonsense\n").starts_with("s.jsonl:2: "));
  CHECK(problem_with("{\"id\":1}\n").starts_with("s.jsonl:1: score: "));
  CHECK(problem_with("{\"score\":1}\n").starts_with("s.jsonl:1: id: "));
  CHECK(problem_with("{\"id\":1,\"score\":0.5}\n{\"id\":\"1\",\"score\":1}\n") ==
        "s.jsonl: gives one id a score twice");
  CHECK(make_evaluator(configured("scores", {{"path", "/nowhere.jsonl"}}), evaluator_kinds())
            .error()
            .message.starts_with("path: /nowhere.jsonl"));
}
