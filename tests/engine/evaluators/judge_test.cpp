#include "engine/evaluators/judge.hpp"

#include "tests/support/evaluators.hpp"

using namespace retort;
using namespace retort::engine;

namespace {

result<judge_rule> rule_of(std::vector<std::string> scale, std::string prompt = "{{completion}}",
                           std::string pattern = "") {
  evaluator_config config{.kind = "judge"};
  config.keys = {{"prompt", {std::move(prompt)}}, {"scale", std::move(scale)}};
  if (!pattern.empty()) config.keys["pattern"] = {std::move(pattern)};
  return judge_rule_of(config);
}

}  // namespace

TEST_CASE(
    "a judge needs a scale that goes up, a prompt that shows the completion, a pattern that is "
    "one") {
  CHECK(rule_of({"0", "10"})->high == 10);
  CHECK(rule_of({"-1", "1"})->low == -1);
  for (const std::vector<std::string>& scale : {std::vector<std::string>{},
                                                {"10"},
                                                {"10", "0"},
                                                {"0", "0"},
                                                {"a", "b"},
                                                {"0", "5", "10"}}) {
    CHECK(rule_of(scale).error().message.starts_with("scale needs "));
  }
  CHECK(rule_of({"0", "1"}, "{{question}}").error().message.starts_with("prompt has no "));
  CHECK(rule_of({"0", "1"}, "{{completion}}", "(").error().message.starts_with("pattern is not "));
}

TEST_CASE("a judge that compares shows both answers, has no scale, and is asked twice for a vote") {
  evaluator_config config{.kind = "judge"};
  config.keys = {
      {"prompt", {"{{first}} or {{second}}"}}, {"pairwise", {"{{reference}}"}}, {"votes", {"3"}}};
  const auto rule = judge_rule_of(config);
  REQUIRE(rule.has_value());
  CHECK(rule->replies() == 6);
  CHECK(rule->high == 1);
  CHECK(test::made(config).sees_reference);
  config.keys["scale"] = {"0", "10"};
  CHECK(judge_rule_of(config).error().message.starts_with("scale does not go with pairwise"));
  config.keys.erase("scale");
  for (const char* prompt : {"{{completion}}", "{{first}}", "{{second}}"}) {
    config.keys["prompt"] = {prompt};
    CHECK(judge_rule_of(config).error().message.starts_with("prompt has no {{first}} or no "));
  }
}

TEST_CASE("a judge's score depends on the reference where its prompt shows it") {
  evaluator_config config{.kind = "judge"};
  config.keys = {{"prompt", {"{{completion}} {{reference}}"}}, {"scale", {"0", "10"}}};
  CHECK(test::made(config).sees_reference);
  config.keys["prompt"] = {"{{completion}}"};
  CHECK_FALSE(test::made(config).sees_reference);
}
