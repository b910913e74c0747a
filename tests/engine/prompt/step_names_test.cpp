#include "engine/prompt/step_names.hpp"

#include <doctest/doctest.h>

using namespace retort;
using namespace retort::engine;

namespace {

config three_steps() {
  config out;
  for (const char* name : {"draft", "review"}) out.earlier.emplace_back().step = name;
  out.step = "final";
  return out;
}

std::string problem(const std::string& text, std::uint32_t step, const config& run) {
  const auto checked = check_step_names(prompt_template::parse(text).value(), run, step);
  if (checked) return "";
  CHECK(checked.error().code == errc::usage);
  return checked.error().message;
}

}  // namespace

TEST_CASE("a prompt may name what the steps before it hand on") {
  const config run = three_steps();
  CHECK(problem("{{q}} {{steps.draft.text}} {{steps.review.json.a.b}}", 2, run).empty());
  CHECK(problem("{{#steps.draft.reasoning}}{{steps.draft.reasoning}}{{/steps.draft.reasoning}}", 1,
                run)
            .empty());
  CHECK(problem("{{#steps.draft}}{{text}}{{/steps.draft}}", 1, run).empty());
}

TEST_CASE("a prompt names no step that comes later, is not there, or says nothing of it") {
  const config run = three_steps();
  CHECK(problem("{{steps.final.text}}", 1, run) ==
        "{{steps.final.text}} is of the step \"final\", which comes later");
  CHECK(problem("{{steps.review.text}}", 1, run) ==
        "{{steps.review.text}} is the answer of this very step; expected one that comes before it");
  CHECK(
      problem("{{steps.darft.text}}", 1, run) ==
      "{{steps.darft.text}} names no step; did you mean \"draft\"?; those before this one: draft");
  CHECK(problem("{{steps.other.text}}", 0, run) ==
        "{{steps.other.text}} names a step, and none comes before this one");
  CHECK(problem("{{steps.draft.txt}}", 2, run) ==
        "{{steps.draft.txt}} is nothing that a step hands on; did you mean \"text\"?; expected "
        ".text, "
        ".json or .reasoning behind its name");
  CHECK(problem("{{steps.draft}}", 2, run).starts_with("{{steps.draft}} is nothing that"));
  CHECK(problem("{{steps}}", 2, run) == "{{steps}} names no step; expected {{steps.NAME.text}}");
}

TEST_CASE("without steps a field of that name is the record's") {
  CHECK(problem("{{steps.x}} {{#steps}}{{.}}{{/steps}}", 0, config()).empty());
}
