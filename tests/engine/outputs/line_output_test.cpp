#include "engine/outputs/line_output.hpp"

#include <doctest/doctest.h>

#include "engine/training/holdout.hpp"
#include "tests/support/written_lines.hpp"

using namespace retort;
using namespace retort::engine;
using test::render;
using test::with_format;

namespace {

sample answered(std::string text = "a") {
  sample one;
  one.id = "q1";
  one.messages = {{"user", "q"}};
  one.completion.text = std::move(text);
  one.completion.finish = providers::finish::stop;
  return one;
}

config with_program(const std::string& program) {
  config run = with_format("jq");
  run.outputs[0].jq = program;
  return run;
}

std::string made_by(const std::string& program, const sample& of) {
  return render(with_program(program), of).lines;
}

}  // namespace

TEST_CASE("metadata stand where the output wants them, and nowhere else") {
  config run = with_format("prompt_completion");
  CHECK(render(run, answered()).lines.find(R"("metadata":{"sample_id":"q1")") != std::string::npos);
  run.outputs[0].metadata = false;
  CHECK(render(run, answered()).lines == "{\"prompt\":\"q\",\"completion\":\"a\"}\n");
  run = with_format("text");
  CHECK(render(run, answered()).lines == "{\"text\":\"q\\n\\na\"}\n");
  run.outputs[0].metadata = true;
  CHECK(render(run, answered())
            .lines.starts_with(R"({"text":"q\n\na","metadata":{"sample_id":"q1","model":"m",)"));
}

TEST_CASE("columns are carried along as they are in the dataset") {
  config run = with_format("text");
  run.outputs[0].columns = {"topic", "meta.level", "gone"};
  sample one = answered();
  one.columns = R"("meta.level":[1,{"a":null}],"topic":"é\"")";
  CHECK(render(run, one).lines ==
        R"({"text":"q\n\na","topic":"é\"","meta.level":[1,{"a":null}],"gone":null})"
        "\n");
}

TEST_CASE("each output has its part of the records, and its rejected samples' file the same") {
  config run = with_format("text");
  run.holdout = 0.5;
  run.outputs[0].rejected = true;
  run.outputs.push_back(run.outputs[0]);
  run.outputs[1].part = part::holdout;
  const auto views = views_of(run);
  for (int n = 0; n < 20; ++n) {
    sample one = answered();
    one.id = std::to_string(n);
    for (const bool is_rejected : {false, true}) {
      if (is_rejected) one.rejected = reject_reason::incorrect;
      std::string texts[4];
      for (int i = 0; i < 4; ++i) views[i]->render(one, texts[i]);
      const bool is_out = is_held_out(one.id, 0.5);
      CHECK(texts[0].empty() == (is_out || is_rejected));
      CHECK(texts[1].empty() == (is_out || !is_rejected));
      CHECK(texts[2].empty() == (!is_out || is_rejected));
      CHECK(texts[3].empty() == (!is_out || !is_rejected));
    }
  }
}

TEST_CASE("an output has one step's samples: the last one's, or the one that it names") {
  config run = with_format("text");
  run.step = "last";
  run.earlier.push_back(run);
  run.earlier[0].step = "draft";
  run.outputs.push_back(run.outputs[0]);
  run.outputs[1].step = "draft";
  const auto views = views_of(run);
  sample one = answered();
  for (const std::uint32_t step : {0, 1}) {
    one.key.step = step;
    std::string last, draft;
    views[0]->render(one, last);
    views[1]->render(one, draft);
    CHECK(last.empty() == (step == 0));
    CHECK(draft.empty() == (step == 1));
  }
}

TEST_CASE("what breaks a rule stands among the rejected of that output, with the rule") {
  config run = with_format("text");
  run.outputs[0].rejected = true;
  sample one = answered("");
  one.completion.tool_calls = {{"c", "f", "{}"}};
  const auto views = views_of(run);
  std::string lines, rejected;
  CHECK(views[0]->render(one, lines) == "it has no place for calls of tools");
  CHECK(lines == "");
  views[1]->render(one, rejected);
  CHECK(
      rejected.find(
          R"("reason":"format","detail":"it has no place for calls of tools","evaluations":[])") !=
      rejected.npos);
}

TEST_CASE("a program makes lines of a sample: one, several, or none") {
  sample one = answered("é\n2");
  one.reference = "2";
  one.completion.reasoning = "hm";
  one.evaluations = {{"exact", 1}, {"judge", std::nullopt}};
  CHECK(made_by("{q: .prompt, a: .completion}", one) == "{\"q\":\"q\",\"a\":\"é\\n2\"}\n");
  CHECK(made_by("(1, 2) | {n: .}", one) == "{\"n\":1}\n{\"n\":2}\n");
  CHECK(made_by("select(.reference == \"3\")", one) == "");
  CHECK(made_by("[.reference, .reasoning, .scores.exact, .scores.judge, .tools, .messages[0].role]",
                one) == "[\"2\",\"hm\",1,null,null,\"user\"]\n");
  CHECK(made_by(".metadata.sample_id", one) == "\"q1\"\n");
}

TEST_CASE("a program finds answer and reasoning as its output wants them") {
  using enum reasoning_place;
  const sample one = answered("<think>hm</think>a");
  const auto made_under = [&](reasoning_place where) {
    config run = with_program("[.completion, .reasoning]");
    run.outputs[0].reasoning = where;
    return render(run, one).lines;
  };
  CHECK(made_under(as_it_came) == "[\"<think>hm</think>a\",\"\"]\n");
  CHECK(made_under(drop) == "[\"a\",\"\"]\n");
  CHECK(made_under(field) == "[\"a\",\"hm\"]\n");
  config only = with_program(".");
  only.outputs[0].reasoning = drop;
  CHECK(render(only, answered("<think>hm")).rule == "the answer is more than thinking");
  CHECK(made_under(think_tags) == "[\"<think>\\nhm\\n</think>\\n\\na\",\"\"]\n");
}

TEST_CASE("a program that comes to no answer is a rule that is broken") {
  for (const char* program :
       {".completion.x", "error(\"no\")", "(1, error)", "halt", "last(range(1e12))"}) {
    CAPTURE(program);
    const auto made = render(with_program(program), answered());
    CHECK(made.lines == "");
    CHECK(made.rule == "the jq program comes to an answer");
  }
}

TEST_CASE("each line that a program makes is a row") {
  config run = with_program("(1, 2, 3) | {n: .}");
  CHECK(test::written(run, {{answered(), 1}}).at("out.jsonl") ==
        "{\"n\":1}\n{\"n\":2}\n{\"n\":3}\n");
}

TEST_CASE("a program sees which turns are not to be learnt, and what they thought") {
  sample one = answered();
  one.messages = {{"user", "q"}, {"assistant", "4"}, {"user", "r"}};
  one.messages[1].weight = 0;
  one.messages[1].reasoning = "hm";
  CHECK(made_by(".messages[1]", one) ==
        R"({"role":"assistant","content":"4","reasoning_content":"hm","weight":0})"
        "\n");
  config run = with_program(".messages[1]");
  run.outputs[0].reasoning = reasoning_place::drop;
  CHECK(render(run, one).lines == "{\"role\":\"assistant\",\"content\":\"4\",\"weight\":0}\n");
}
