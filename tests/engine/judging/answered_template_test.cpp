#include "engine/judging/answered_template.hpp"

#include <doctest/doctest.h>

using namespace retort::engine;

namespace {

const std::string row = R"({"question":"1 + 1?","completion":"the row's","n":3})";

std::string rendered(const char* text, std::string_view completion,
                     const std::optional<std::string>& reference = {}) {
  const auto made = answered_template::parse(text, {}).value().render(row, completion, reference);
  return made ? *made : "error: " + made.error().message;
}

}  // namespace

TEST_CASE("a template of an answer has the record's fields, and before them the answer's") {
  CHECK(rendered("{{question}} {{completion}} {{n}}", "2") == "1 + 1? 2 3");
  CHECK(rendered("{{reference}}", "2", "two") == "two");
  CHECK(rendered("{{reference}}", "2").starts_with("error: the record has no field \"reference\""));
}

TEST_CASE("an answer is no template, whatever it holds") {
  CHECK(rendered("{{completion}}", "{{question}} {{#n}} }} \"\\\n") ==
        "{{question}} {{#n}} }} \"\\\n");
  CHECK(answered_template::parse("{{#completion}}", {}).has_error());
}

TEST_CASE("what sees the record alone names none of a config's steps") {
  config run;
  CHECK(answered_template::parse("{{completion}} {{steps.a.text}}", run).has_value());  // a field
  run.step = "last";
  CHECK(answered_template::parse("{{completion}} {{steps.a.text}}", run).error().message ==
        "{{steps.a.text}} names a step, whose answers only prompts have; expected a field of the "
        "record");
}
