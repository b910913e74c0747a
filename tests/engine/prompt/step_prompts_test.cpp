#include "engine/prompt/step_prompts.hpp"

#include <doctest/doctest.h>

#include <string>

#include "providers/body/json_parser.hpp"

using namespace retort::engine;

namespace {

step_prompts of_steps(const std::string& keys) {
  const auto what = parse_config(
      "run: s\ndataset: {generate: 1}\nmodels: [{provider: openai, model: m}]\n" + keys, "test",
      {});
  REQUIRE_MESSAGE(what.has_value(), what.error().message);
  return step_prompts::make(*what).value();
}

std::string problem_of(const step_prompts& all, const char* row) {
  retort::providers::json_parser parser;
  sample asked;
  const auto rendered = all.render_first(parser.parse(std::string(row)).value_unsafe(), asked);
  return rendered ? "" : rendered.error().message;
}

}  // namespace

TEST_CASE("a config without steps has one prompt, one with steps that of each in their order") {
  CHECK(of_steps("prompt: {user: \"{{q}}\"}\n").count() == 1);
  const step_prompts two = of_steps(
      "steps: [{name: a, prompt: {user: \"{{q}}\"}}, {name: b, prompt: {user: "
      "\"{{steps.a.text}}\"}}]\n");
  CHECK(two.count() == 2);
  CHECK(two.of(0).answers_in(0).empty());
  CHECK(two.last().answers_in(0).size() == 1);
}

TEST_CASE("what a later step lacks of the record is found with the first, an answer is not") {
  const step_prompts all = of_steps(
      "steps: [{name: a, prompt: {user: \"{{q}}\"}}, {name: b, prompt: {user: "
      "\"{{steps.a.text}} {{r}}\"}}]\n");
  CHECK(problem_of(all, R"({"q": "1", "r": "2"})") == "");
  CHECK(problem_of(all, R"({"q": "1"})").find("\"r\"") != std::string::npos);
}

TEST_CASE("each combination of a later step is tried") {
  const step_prompts all = of_steps(
      "steps: [{name: a, prompt: {user: \"{{q}}\"}}, {name: b, prompt: {user: x}, vary: "
      "{prompt.user: [\"{{steps.a.text}}\", \"{{steps.a.text}} {{r}}\"]}}]\n");
  CHECK(all.last().combinations() == 2);
  CHECK(problem_of(all, R"({"q": "1"})").find("\"r\"") != std::string::npos);
}
