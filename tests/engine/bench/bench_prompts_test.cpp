#include "engine/bench/bench_prompts.hpp"

#include <doctest/doctest.h>

#include <string>

#include "engine/witness/answer_check.hpp"
#include "tests/support/temporary_directory.hpp"

using namespace retort;
using namespace retort::engine;
using namespace retort::test;

namespace {

constexpr const char* three_steps = R"(
sampling: {max_tokens: 50}
steps:
  - {name: draft, prompt: {system: "Be brief.", user: "{{q}}"}, sampling: {max_tokens: 7}, evaluate: []}
  - {name: review, prompt: {user: "{{q}} {{steps.draft.text}}"}, samples: {n: 3}, evaluate: []}
  - {name: final, prompt: {user: "{{steps.draft.json.a}} {{steps.review.reasoning}}"}}
)";

config with(const std::string& keys, const std::string& dataset = "{generate: 1}") {
  const auto read = parse_config(
      "run: b\ndataset: " + dataset + "\nmodels: [{provider: openai, model: m}]\n" + keys, "test",
      {});
  REQUIRE_MESSAGE(read.has_value(), read.error().message);
  return *read;
}

// What a config's prompts are of these rows.
struct asked_rows {
  asked_rows(const std::string& keys, const std::string& rows)
      : what(with(keys, "{path: " + files.file("rows.jsonl", rows) + "}")),
        prompts(prompts_of(what)) {}

  temporary_directory files;
  config what;
  result<std::vector<asked_prompt>> prompts;
};

providers::completion answer_of(const char* text, const char* reasoning = "") {
  providers::completion out;
  out.text = text;
  out.reasoning = reasoning;
  return out;
}

std::string last_of(const asked_prompt& of) { return of.messages.back().content; }

// Behind so many steps, each of which said that.
result<asked_prompt> behind(asked_prompt first, const std::vector<providers::completion>& answers) {
  asked_prompt said = std::move(first);
  for (std::size_t i = 0; i < answers.size(); ++i) {
    const auto later = said.later;
    auto next = later->behind(std::move(said), i + 1, answers[i]);
    if (!next) return next.error();
    said = std::move(*next);
  }
  return said;
}

}  // namespace

TEST_CASE("a record's steps are asked one behind the other, with the endpoint's own answers") {
  const asked_rows all(
      std::string(three_steps) + "reference: {template: \"{{r}}\"}\nevaluate: [{exact: {}}]\n",
      "{\"q\": \"1?\", \"r\": \"1\"}\n{\"q\": \"2?\", \"r\": \"2\"}\n");
  REQUIRE_MESSAGE(all.prompts.has_value(), all.prompts.error().message);
  const asked_prompt& first = all.prompts->at(1);
  CHECK(first.later->count() == 2);
  REQUIRE(first.messages.size() == 2);
  CHECK(first.messages[0].content == "Be brief.");
  CHECK(last_of(first) == "2?");
  CHECK(first.sampling.max_tokens == 7);
  CHECK(first.record == nullptr);

  const asked_prompt second = behind(first, {answer_of("{\"a\": 5}")}).value();
  REQUIRE(second.messages.size() == 1);  // nothing of the step before but what it names
  CHECK(last_of(second) == "2? {\"a\": 5}");
  CHECK(second.sampling.max_tokens == 50);
  CHECK(second.record == nullptr);

  const asked_prompt third =
      behind(first, {answer_of("{\"a\": 5}"), answer_of("fine", "{{q}} it is")}).value();
  CHECK(last_of(third) == "5 {{q}} it is");  // an answer is no template
  REQUIRE(third.record != nullptr);
  CHECK(third.record->as.reference == "2");
  CHECK(third.record->as.id == "1");  // its place in the dataset
  CHECK(third.record->as.step == "final");
  CHECK(third.record->as.messages.back().content == last_of(third));
  CHECK(third.record->row.find("\"2?\"") != std::string::npos);
}

TEST_CASE("a prompt that cannot be made of an answer names its step, and what is not there") {
  const asked_rows all(three_steps, "{\"q\": \"1?\"}\n");
  const auto next = behind(all.prompts->front(), {answer_of("no JSON"), answer_of("fine")});
  REQUIRE_FALSE(next.has_value());
  CHECK(next.error().message.starts_with("step final: prompt: "));
  CHECK(next.error().message.find("steps.draft") != std::string::npos);
  for (const auto& empty : {answer_of(""), answer_of(" \n", "all of it was thinking")}) {
    const auto none = behind(all.prompts->front(), {empty});
    REQUIRE_FALSE(none.has_value());
    CHECK(none.error().message == "step review: the answer before has no text");
  }
  providers::completion calls;
  calls.tool_calls.push_back({});
  CHECK(last_of(behind(all.prompts->front(), {calls}).value()) == "1? ");
}

TEST_CASE("what a later step lacks of a record is told before anything is sent") {
  const asked_rows all(three_steps, "{\"q\": \"1?\"}\n{\"p\": \"2?\"}\n");
  REQUIRE_FALSE(all.prompts.has_value());
  CHECK(all.prompts.error().message.find("rows.jsonl:2: ") != std::string::npos);
}

TEST_CASE("each step's prompt begins with the mark of its session") {
  const asked_rows all(three_steps, "{\"q\": \"1?\"}\n");
  const auto marked = cache_busting(3, shuffled_prompts(1, *all.prompts));
  marked->begin(1, 0);
  const asked_prompt one = marked->next();
  CHECK(one.messages[0].content == one.mark + "Be brief.");
  const asked_prompt last = behind(one, {answer_of("{\"a\": 5}"), answer_of("fine", "so")}).value();
  CHECK(last_of(last) == one.mark + "5 so");
  CHECK(marked->next().mark != one.mark);
}

TEST_CASE("every step is asked of the models of the last, and nobody judges") {
  const config what = with(
      "evaluate: [{judge: {prompt: \"{{completion}}\", scale: [0, 1], model: {provider: openai, "
      "model: j}}, threshold: 0.5}]\n"
      "steps: [{name: a, prompt: {user: x}, models: [{provider: openai, model: other}]}, "
      "{name: b, prompt: {user: y}, evaluate: []}]\n");
  CHECK(model_entries(what).size() == 3);
  const config measured = as_measured(what, false);
  const auto entries = model_entries(measured);
  REQUIRE(entries.size() == 1);
  CHECK(entries[0].model->model == "m");
}

TEST_CASE("what does not go with a config's steps, or only with sessions, is one line") {
  const config steps = with(three_steps), plain = with("prompt: {user: x}\n");
  const auto problem = [](const config& what, const bench_options& options) {
    const auto fit = check_sessions(what, options);
    return fit.has_value() ? std::string() : fit.error().message;
  };
  bench_options closed;
  closed.loads = {{.concurrency = 1}};
  CHECK(problem(steps, closed) == "");
  CHECK(problem(plain, closed) == "");
  bench_options open = closed;
  open.loads.push_back({.rule = arrival_rule{1, arrival_pattern::constant}});
  CHECK(problem(steps, open) == "");
  open.loads.push_back({.trace_speed = 1});
  CHECK(problem(steps, open).starts_with("steps are asked behind each other's answers"));
  CHECK(problem(plain, open) == "");
  open.input = length_rule{10, 0};  // made-up prompts are of no step
  CHECK(problem(steps, open) == "");
  bench_options turns = closed;
  turns.asked.turns = 3;
  CHECK(problem(steps, turns).starts_with("--turns: the steps of this config"));
  CHECK(problem(plain, turns) == "");
  bench_options own = closed;
  own.asked.own.emplace();
  CHECK(problem(steps, own).starts_with("--turns: the steps of this config"));
  CHECK(problem(plain, own).starts_with("--turns record is of conversations"));
  bench_options thinking = closed;
  thinking.asked.think_s = {1, 2};
  CHECK(problem(steps, thinking) == "");
  CHECK(problem(plain, thinking).starts_with("--think-time is of sessions"));
}
