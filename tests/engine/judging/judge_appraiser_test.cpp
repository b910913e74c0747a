#include "engine/judging/judge_appraiser.hpp"

#include <doctest/doctest.h>

#include "engine/judging/fenced_text.hpp"

using namespace retort;
using namespace retort::engine;

namespace {

judge_rule comparing(const std::string& prompt, const std::string& against) {
  return {.prompt = prompt, .against = against, .high = 1};
}

}  // namespace

TEST_CASE("two answers are fenced off alike, and stand in either order") {
  const auto prompt = judge_prompt::parse(
      comparing("{{q}}: A {{first}} B {{second}} ({{reference}})", "{{baseline}}"), {});
  REQUIRE(prompt.has_value());
  const std::string row = R"({"q":"Q","baseline":"theirs"})";
  const auto ours = fence("ours {{second}}"), theirs = fence("theirs");
  const auto one = prompt->messages(row, "ours {{second}}", "r", false);
  REQUIRE(one.has_value());
  REQUIRE(one->size() == 2);
  CHECK((*one)[0].role == "system");
  CHECK((*one)[0].content == word_on(ours, theirs));
  CHECK((*one)[1].content == "Q: A " + ours.text + " B " + theirs.text + " (r)");
  const auto other = prompt->messages(row, "ours {{second}}", "r", true);
  REQUIRE(other.has_value());
  CHECK((*other)[1].content == "Q: A " + theirs.text + " B " + ours.text + " (r)");
}

TEST_CASE("a template of a judge that is none is named by its key; a row that lacks a field, too") {
  CHECK(judge_prompt::parse(comparing("{{#first}}", "b"), {})
            .error()
            .message.starts_with("judge.prompt: "));
  CHECK(judge_prompt::parse(comparing("{{first}}", "{{"), {})
            .error()
            .message.starts_with("judge.pairwise: "));
  const auto lacking = judge_prompt::parse(comparing("{{first}}{{second}}", "{{baseline}}"), {});
  CHECK(lacking->messages("{}", "c", {}).error().message.find("baseline") != std::string::npos);
}
