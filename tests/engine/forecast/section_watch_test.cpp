#include "engine/forecast/section_watch.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "engine/prompt/record_json.hpp"
#include "providers/body/json_parser.hpp"

using namespace retort;
using namespace retort::engine;

namespace {

using words = std::vector<std::string>;

words never_there(const std::string& prompt, const words& records) {
  config run;
  run.prompt.user = prompt;
  const auto made = step_prompts::make(run);
  REQUIRE_MESSAGE(made.has_value(), made.error().message);
  section_watch watch(*made);
  retort::providers::json_parser parser;
  for (const std::string& one : records) watch.see(parse_record(parser, one).value());
  return watch.never_there();
}

}  // namespace

TEST_CASE("a section that no record has the field of is told, in the words of the first record") {
  const std::string prompt = "{{#context}}Context: {{context}}\n{{/context}}{{question}}";
  const words rows = {R"({"question":1,"contxt":"a"})", R"({"question":2})"};
  const words told = {
      "the record has no field \"context\"; did you mean \"contxt\"? It has: question, contxt"};
  CHECK(never_there(prompt, rows) == told);
  CHECK(never_there("{{^context}}x{{/context}}{{question}}", rows) == told);
  CHECK(never_there(prompt + "{{#a.b}}{{/a.b}}", {R"({"question":1,"a":{"c":1}})"}) ==
        words{"the field \"a\" has no \"b\"; did you mean \"c\"? It has: c",
              "the record has no field \"context\". It has: question, a"});
}

TEST_CASE(
    "a section that one record has the field of is none that is mistyped, whatever it holds") {
  const std::string prompt = "{{#context}}{{#inner}}{{.}}{{/inner}}{{/context}}{{question}}";
  for (const std::string last :
       {R"({"context":null})", R"({"context":[]})", R"({"context":"x"})", R"({"context":NaN})"}) {
    CHECK(never_there(prompt, {"{}", last}).empty());
  }
  CHECK(never_there("{{#a.b}}x{{/a.b}}", {R"({"a.b":1})"}).empty());
  CHECK(never_there(prompt, {}).empty());
  CHECK(never_there("{{question}}", {"{}"}).empty());
}

TEST_CASE("what a prompt has beside the record is no field of it") {
  config run;
  run.prompt.user = "{{#examples}}{{q}}{{/examples}}{{#steps.first.text}}x{{/steps.first.text}}";
  CHECK(prompts::make(run).value().sections() == std::vector<std::string_view>{"examples"});
}
