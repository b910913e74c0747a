#include "engine/config/config_steps.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "engine/config/config_keys.hpp"
#include "tests/support/temporary_directory.hpp"

using namespace retort;
using namespace retort::engine;

namespace {

const std::string base =
    "run: t\ndataset: {path: a.jsonl}\nmodels: [{provider: mock}]\nreference: {template: "
    "\"{{a}}\"}\nsampling: {temperature: 0.5, max_tokens: 9}\nevaluate: [exact]\n";

const std::string draft = "  - {name: draft, prompt: {user: \"{{q}}\"}, samples: {n: 3}}\n";
const std::string last = "  - {name: last, prompt: {user: \"{{steps.draft.text}}\"}}\n";

result<config> read(const std::string& text, const std::vector<override_value>& overrides = {}) {
  return parse_config(text, "c.yaml", overrides);
}

config parsed(const std::string& steps, const std::vector<override_value>& overrides = {}) {
  auto c = read(base + "steps:\n" + steps, overrides);
  REQUIRE_MESSAGE(c.has_value(), c.error().message);
  return std::move(*c);
}

std::string problem(const std::string& text) {
  const auto c = read(base + text);
  return c ? "" : c.error().message;
}

}  // namespace

TEST_CASE("the last step is what the config asks, and those before it stand in their order") {
  const config c = parsed(draft + last);
  REQUIRE(c.earlier.size() == 1);
  CHECK(last_step(c) == 1);
  CHECK(c.step == "last");
  CHECK(c.prompt.user == "{{steps.draft.text}}");
  CHECK(c.samples.n == 1);
  const config& first = step_of(c, 0);
  CHECK(first.step == "draft");
  CHECK(first.prompt.user == "{{q}}");
  CHECK(first.samples.n == 3);
  CHECK(&step_of(c, 1) == &c);
}

TEST_CASE("what a step has of its own stands in place of the run's, whole") {
  const config c = parsed(
      "  - {name: draft, prompt: {user: x}, sampling: {temperature: 1}, evaluate: [], filter: "
      "{finish: length}, models: [{provider: mock, model: other}, {provider: mock}], escalate: "
      "true}\n" +
      last);
  const config& first = c.earlier.at(0);
  CHECK(first.sampling.temperature == 1);
  CHECK_FALSE(first.sampling.max_tokens);
  CHECK(first.evaluate.empty());
  CHECK(first.filter.finish == std::vector{providers::finish::length});
  CHECK(first.models.size() == 2);
  CHECK(first.escalate);
  CHECK(c.sampling.temperature == 0.5);
  CHECK(c.sampling.max_tokens == 9);
  CHECK(c.evaluate.size() == 1);
  CHECK(c.models.size() == 1);
  CHECK_FALSE(c.escalate);
}

TEST_CASE("steps that ask the run's models share them, and others come behind") {
  const std::string own = "  - {name: own, prompt: {user: x}, models: [{provider: mock}]}\n";
  const config c = parsed(draft + own + last);
  CHECK(c.models_at == 0);
  CHECK(c.earlier[0].models_at == 0);
  CHECK(c.earlier[1].models_at == 1);
  const auto entries = model_entries(c);
  REQUIRE(entries.size() == 2);
  CHECK(entries[0].place == "models[0]");
  CHECK(entries[1].place == "steps[1].models[0]");
}

TEST_CASE("judges of the run are shared as well, and counted behind the models") {
  const std::string judged =
      "evaluate: [{judge: {model: {provider: mock}, prompt: \"{{completion}}\", scale: [0, 1]}}]";
  const auto c =
      read("run: t\ndataset: {path: a.jsonl}\nmodels: [{provider: mock}]\n" + judged +
           "\nsteps:\n" + draft + "  - {name: own, prompt: {user: x}, " + judged + "}\n" + last);
  REQUIRE_MESSAGE(c.has_value(), c.error().message);
  CHECK(first_judge(*c) == 1);
  CHECK(first_judge(c->earlier[0]) == 1);
  CHECK(first_judge(c->earlier[1]) == 2);
  const auto entries = model_entries(*c);
  REQUIRE(entries.size() == 3);
  CHECK(entries[1].place == "evaluate[0].judge.model");
  CHECK(entries[2].place == "steps[1].evaluate[0].judge.model");
}

TEST_CASE("a step varies by itself, from the run's values where it has none of its own") {
  const config c = parsed(
      "  - {name: draft, prompt: {user: x}, vary: {sampling.temperature: [0.1, 0.9]}}\n" + last);
  const config& first = c.earlier.at(0);
  CHECK(combinations_of(first) == 2);
  CHECK(first.variations[1].sampling.temperature == 0.9);
  CHECK(first.variations[1].sampling.max_tokens == 9);
  CHECK(first.variations[1].prompt.user == "x");
  CHECK(combinations_of(c) == 1);
}

TEST_CASE("a step's keys are set from the command line by its place") {
  const config c = parsed(draft + last, {{"steps.0.samples.n", "2", "--set steps.0.samples.n"}});
  CHECK(c.earlier.at(0).samples.n == 2);
}

TEST_CASE(
    "what a step before the last hands on shapes answers, and the last one's keys do as ever") {
  const config c = parsed(draft + last);
  const auto answers = answer_shaping(c);
  CHECK(answers.at("steps.0.prompt.user") == "{{q}}");
  CHECK(answers.at("steps.0.samples.n") == "3");
  CHECK(answers.at("steps.0.evaluate.0") == "exact");
  CHECK(answers.at("steps.1.name") == "last");
  CHECK(answers.at("prompt.user") == "{{steps.draft.text}}");
  CHECK_FALSE(answers.contains("samples.n"));
  CHECK(view_shaping(c).contains("evaluate.0"));
  const auto plain = read(base + "prompt: {user: x}\n");
  REQUIRE(plain.has_value());
  for (const auto& [path, value] : answer_shaping(*plain)) CHECK_FALSE(path.starts_with("steps"));
}

TEST_CASE("what the steps before the last judge by shapes answers: reference, id and files") {
  const test::temporary_directory files;
  const auto shaped = [&](const std::string& step) {
    return answer_shaping(parsed("  - {name: a, prompt: {user: x}, " + step + "}\n" +
                                 "  - {name: b, prompt: {user: y}}\n"));
  };
  CHECK(shaped("evaluate: [exact]").at("reference.template") == "{{a}}");
  CHECK_FALSE(shaped("evaluate: []").contains("reference.template"));
  CHECK(shaped("evaluate: [], filter: {unique: {by: reference}}").contains("reference.template"));
  CHECK(shaped("evaluate: [], filter: {where: .reference}").contains("reference.template"));

  const std::string path = files.file("s.jsonl", "{\"id\":\"a\",\"score\":1}\n");
  const std::string scores = "evaluate: [scores: {path: " + path + "}]";
  const std::string against = "filter: {decontaminate: {against: " + path + ", fields: [id]}}";
  for (const std::string& step : {scores, against}) {
    CAPTURE(step);
    files.file("s.jsonl", "{\"id\":\"a\",\"score\":1}\n");
    const auto before = shaped(step);
    CHECK(before == shaped(step));
    files.file("s.jsonl", "{\"id\":\"a\",\"score\":0}\n");
    CHECK(before != shaped(step));
  }
  const config named = parsed(
      "  - {name: a, prompt: {user: x}, " + scores + "}\n" + "  - {name: b, prompt: {user: y}}\n",
      {{"dataset.id", "i", ""}});
  CHECK(answer_shaping(named).at("dataset.id") == "i");
}

TEST_CASE("what is wrong with steps is told with its place") {
  const struct {
    std::string text, told;
  } table[] = {
      {"steps: []\n", "c.yaml:7:8: steps is empty; expected at least one step"},
      {"steps:\n  - {prompt: {user: x}}\n", "c.yaml:8:5: steps.0.name is required: expected text"},
      {"steps:\n" + draft + draft, "c.yaml:9:12: steps.1.name is \"draft\", as that of steps.0 is"},
      {"steps:\n  - {name: a.b, prompt: {user: x}}\n",
       "c.yaml:8:12: steps.0.name is \"a.b\"; expected letters, digits, \"_\" and \"-\""},
      {"steps:\n  - {name: a}\n",
       "c.yaml:1:1: prompt needs one of user, messages and messages_field"},
      {"steps:\n  - {name: a, promt: {user: x}}\n",
       "c.yaml:8:15: unknown key \"promt\" in steps.0; did you mean \"prompt\"?"},
      {"steps:\n  - {name: a, prompt: {user: x}, samples: {m: 2}}\n",
       "c.yaml:8:44: unknown key \"m\" in steps.0.samples; did you mean \"n\"?"},
      {"steps:\n  - {name: a, prompt: {user: x}, samples: {n: 0}}\n",
       "c.yaml:8:47: steps.0.samples.n is \"0\"; expected a whole number from 1 to 1000"},
      {"vary: {sampling.temperature: [0, 1]}\nsteps:\n" + draft + last,
       "c.yaml:7:7: vary does not go with steps: give it to the step that varies"},
      {"steps:\n  - {name: a, prompt: {user: x}, models: [{provider: mock, mode: batch}]}\n" + last,
       "c.yaml:8:5: steps.0 asks a model with mode: batch, which does not go with steps; expected "
       "mode: online"},
      {"steps:\n  - {name: a, prompt: {user: x}, samples: {n: 3, keep: best}, filter: {per_record: "
       "1}}\n" +
           last,
       "c.yaml:8:5: steps.0 has keep: best and filter.unique or filter.per_record (the run's, "
       "where it has no filter), which would leave it no choice; expected one of them before the "
       "last step"},
      {"steps:\n  - {name: a, prompt: {user: x}, samples: {n: 200}}\n  - {name: b, prompt: {user: "
       "x}, samples: {n: 200}}\n",
       "c.yaml:8:3: steps come to more than 10000 answers to one record, with all their samples, "
       "models and variants; expected fewer of them"},
  };
  for (const auto& row : table) {
    CAPTURE(row.text);
    CHECK(problem(row.text) == row.told);
  }
}

TEST_CASE("each key of a step has a row, which says that it shapes answers or speed alone") {
  CHECK(shapes_of("steps.0.samples.n") == shapes::answers);
  CHECK(shapes_of("steps.0.samples.parallel") == shapes::speed);
  CHECK(shapes_of("steps.0.evaluate.0.exact.pattern") == shapes::answers);
  CHECK(shapes_of("steps.0.models.0.base_url") == shapes::speed);
  CHECK(find_key("steps.0.filter.per_record") != nullptr);
}
