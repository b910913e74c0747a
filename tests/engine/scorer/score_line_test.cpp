#include "engine/scorer/score_line.hpp"

#include <doctest/doctest.h>

using namespace retort;

TEST_CASE("a request is one line, whatever is in it") {
  CHECK(engine::score_line({"q1", "a\nb", "c\"d", "e"}) ==
        "{\"id\":\"q1\",\"prompt\":\"a\\nb\",\"completion\":\"c\\\"d\",\"reference\":\"e\"}\n");
  CHECK(engine::score_line({"q1", "", "", std::nullopt}) ==
        "{\"id\":\"q1\",\"prompt\":\"\",\"completion\":\"\",\"reference\":null}\n");
}

TEST_CASE("an answer is a score in [0,1] or null, with a detail or none") {
  const struct {
    std::string line;
    std::optional<double> score;
    std::string detail;
  } answers[]{
      {"{\"score\": 0.5, \"detail\": \"half\"}", 0.5, "half"},
      {"{\"score\":1}\r", 1.0, ""},
      {"  {\"detail\":7,\"score\":0,\"more\":[{}]}", 0.0, ""},
      {"{\"score\":null,\"detail\":\"cannot\\n tell\"}", std::nullopt, "cannot tell"},
      {"{\"score\":1.0,\"id\":\"q1\"}", 1.0, ""},
      {"{\"score\":1e-3,\"detail\":null}", 0.001, ""},
  };
  for (const auto& one : answers) {
    CAPTURE(one.line);
    const auto read = engine::read_score(one.line, "q1");
    REQUIRE(read.has_value());
    CHECK(read->score == one.score);
    CHECK(read->detail == one.detail);
    CHECK(read->is_named == one.line.ends_with("\"q1\"}"));
  }
  CHECK(engine::read_score("{\"score\":1,\"id\":7}", "7").has_value());
}

TEST_CASE("what is no answer is told with what came and what was expected") {
  const struct {
    std::string line, problem;
  } wrong[]{
      {"loading...",
       "the command's answer \"loading...\" is no JSON object; expected {\"id\": the "
       "sample's, \"score\": 0 to 1, \"detail\": \"...\"} on one line"},
      {"", "is no JSON object"},
      {"[0.5]", "is no JSON object"},
      {"0.5", "is no JSON object"},
      {"{\"score\":0.5} {\"score\":0.6}", "is no JSON object"},
      {"{\"score\":NaN}", "is no JSON object"},
      {"{\"scores\":0.5}", "has no score"},
      {"{\"score\":\"0.5\"}", "has a score that is no number"},
      {"{\"score\":true}", "has a score that is no number"},
      {"{\"score\":1.01}", "has a score that is not in [0,1]"},
      {"{\"score\":-0.1}", "has a score that is not in [0,1]"},
      {"{\"score\":1e999}", "is no JSON object"},
      {"{\"score\":1,\"id\":\"q2\"}", "is to another id than \"q1\""},
      {"{\"score\":1,\"id\":null}", "is to another id than \"q1\""},
  };
  for (const auto& one : wrong) {
    CAPTURE(one.line);
    const auto read = engine::read_score(one.line, "q1");
    REQUIRE(read.has_error());
    CHECK(read.error().code == errc::protocol);
    CHECK_MESSAGE(read.error().message.find(one.problem) != std::string::npos,
                  read.error().message);
  }
}
