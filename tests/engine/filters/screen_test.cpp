#include "engine/filters/screen.hpp"

#include <doctest/doctest.h>

#include <string>

#include "tests/support/samples.hpp"
#include "tests/support/temporary_directory.hpp"

using namespace retort;
using namespace retort::engine;
using test::answered;

namespace {

config settings() {
  config c;
  c.prompt.user = "{{question}}";
  c.models.resize(1);
  c.models[0].model = "m";
  return c;
}

std::optional<screen::finding> found(const config& run, const sample& one) {
  return screen::make(run).value().look(one);
}

}  // namespace

TEST_CASE("a screen without filters lets everything pass") {
  const config run = settings();
  CHECK_FALSE(screen::make(run).value().is_set());
  CHECK_FALSE(found(run, answered(7, "8")).has_value());
}

TEST_CASE("a benchmark is met in whatever of a sample some format writes") {
  const std::string text = "the quick brown fox jumps over the lazy dog";
  const test::temporary_directory directory;
  config run = settings();
  run.filter.decontaminate =
      decontaminate_config{{directory.file("test.jsonl", "{\"q\": \"" + text + "\"}\n")}, {"q"}, 5};
  const screen by = screen::make(run).value();
  const auto where = [&](const sample& one) -> std::string {
    const auto met = by.look(one);
    if (!met) return "nowhere";
    CHECK(met->reason == reject_reason::contaminated);
    return met->detail.substr(0, met->detail.find(": "));
  };
  const auto with = [](const auto& change) {
    sample one = answered(7, "8");
    change(one);
    return one;
  };
  const std::string escaped = R"({"a": [1, {"b": "the\u0020quick brown\nfox jumps\tover"}]})";
  CHECK(where(answered(7, "8")) == "nowhere");
  CHECK(where(answered(7, text)) == "completion");
  CHECK(where(with([&](sample& of) { of.completion.reasoning = text; })) == "reasoning");
  CHECK(where(with([&](sample& of) {
          of.completion.tool_calls = {{"c", "add", escaped}};
        })) == "call of add");
  CHECK(where(with([&](sample& of) {
          of.completion.tool_calls = {{"c", "add", "{" + text}};
        })) == "call of add");
  CHECK(where(with([&](sample& of) { of.messages.back().content = text; })) == "prompt");
  CHECK(where(with([&](sample& of) {
          of.messages.insert(of.messages.begin(), {"system", text});
        })) == "system message");
  CHECK(where(with([&](sample& of) {
          of.messages.insert(of.messages.begin(), {"assistant", text});
        })) == "assistant message");
  CHECK(where(with([&](sample& of) {
          providers::message thought{"assistant", "8"};
          thought.reasoning = text;
          of.messages.insert(of.messages.begin(), thought);
        })) == "reasoning of the prompt");
  CHECK(where(with([&](sample& of) {
          providers::message calls{"assistant", ""};
          calls.tool_calls = {{"c", "add", escaped}};
          of.messages.insert(of.messages.begin(), calls);
        })) == "call of add");
}

TEST_CASE("a where program sees the line that the default format would have") {
  config run = settings();
  run.filter.where =
      R"(. == {"prompt": "What is 7 + 1?", "completion": "8", "metadata": {"sample_id": "q7",
         "model": "m", "temperature": null, "prompt_length": 14, "completion_length": 1}})";
  CHECK_FALSE(found(run, answered(7, "8")).has_value());
  const auto other = found(run, answered(7, "9"));
  REQUIRE(other.has_value());
  CHECK(other->reason == reject_reason::where);
  CHECK(other->detail == "");
}

TEST_CASE("a where program sees calls of tools, and the messages of a prompt that has several") {
  config run = settings();
  run.filter.where = ".tool_calls[0].function.name == \"add\"";
  sample one = answered(7, "");
  one.completion.tool_calls = {{"c1", "add", "{}"}};
  CHECK_FALSE(found(run, one).has_value());
  run.prompt.user.reset();
  run.filter.where = ".prompt[0].role == \"user\"";
  CHECK_FALSE(found(run, one).has_value());
}

TEST_CASE("what a where program fails of is the detail of that sample's rejection") {
  config run = settings();
  run.filter.where = ".completion.x";
  const auto failed = found(run, answered(7, "8"));
  REQUIRE(failed.has_value());
  CHECK(failed->detail == "Cannot index string with string \"x\"");
}
