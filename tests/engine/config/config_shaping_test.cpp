#include <doctest/doctest.h>

#include <map>
#include <string>
#include <vector>

#include "engine/config/config.hpp"
#include "engine/config/config_keys.hpp"
#include "engine/evaluators/registry.hpp"
#include "tests/support/places.hpp"

using namespace retort;
using namespace retort::engine;

namespace {

using shaping = std::map<std::string, std::string>;

config parsed(const std::string& text) {
  auto c = parse_config(text, "c.yaml", {});
  REQUIRE_MESSAGE(c.has_value(), c.error().message);
  return *c;
}

// `SCORES` stands for a file of rows.
std::string with_scores(std::string text) {
  const std::string file = test::in_source("tests/engine/evaluators/scores/one.jsonl");
  for (std::size_t at; (at = text.find("SCORES")) != std::string::npos;) text.replace(at, 6, file);
  return text;
}

const std::string every_section = with_scores(R"yaml(
run: t
dataset: {path: a.jsonl}
prompt: {messages: [{role: user, content: c}]}
reference: {template: r}
few_shot: {path: SCORES}
models:
  - {provider: openai, model: m, price: {input: 1, output: 1}}
  - {provider: mock}
  - {provider: openai, model: m, endpoints: [{base_url: "http://h"}]}
  - {provider: vllm, model: m, serve: {command: "{port}"}}
evaluate:
  [exact: {}, numeric: {}, math: {}, json_field: {path: p}, choice: {}, contains: {},
   regex: {pattern: p}, json_schema: {schema: {b: 1}}, refusal: {}, repetition: {},
   scores: {path: SCORES}, code: {tests: t}, command: {run: r},
   judge: {prompt: "{{completion}}", scale: [0, 10],
           model: {provider: openai, model: m, price: {input: 1, output: 1}}},
   {name: served, judge: {prompt: "{{completion}}", scale: [0, 10],
                          model: {provider: vllm, model: j, serve: {command: "{port}"}}}}]
filter: {decontaminate: {against: a.jsonl, fields: a}}
holdout: 0.25
)yaml");

using changes = std::vector<override_value>;

changes one_change(std::string path, const std::string& value) {
  constexpr std::string_view endpoints = "models[].endpoints[]";
  if (path == "models[].mock") path = "models.1.mock";
  if (path.starts_with("models[].serve")) path.replace(0, 8, "models.3");
  if (path.starts_with("evaluate[].judge.model.serve")) path.replace(0, 10, "evaluate.14");
  for (std::size_t i = 0; i < evaluator_kinds().size(); ++i) {
    const std::string own = "evaluate[]." + std::string(evaluator_kinds()[i].name) + '.';
    if (path.starts_with(own)) path.replace(0, 10, "evaluate." + std::to_string(i));
  }
  if (path.starts_with(endpoints)) path.replace(0, endpoints.size(), "models.2.endpoints.0");
  if (const auto at = path.find("[]"); at != std::string::npos) path.replace(at, 2, ".0");
  return {{path, value, "--set"}};
}

// Another value for a key than `every_section` has.
changes changed(const config_key& key) {
  const std::map<std::string_view, changes> peculiar = {
      {"extends", {{"grace_s", "7", ""}}},  // it goes with a file
      {"prompt.user", {{"prompt", "{user: u}", ""}}},
      {"prompt.messages_field", {{"prompt", "{messages_field: u}", ""}}},
      {"models[].provider", {{"models.0.provider", "anthropic", ""}}},
      {"models[].base_url", {{"models.0.base_url", "http://x", ""}}},
      {"models[].endpoints[].base_url", {{"models.2.endpoints.0.base_url", "http://x", ""}}},
      {"models[].api_key_env", {{"models.0.api_key_env", "KEY", ""}}},
      {"models[].endpoints[].api_key_env", {{"models.2.endpoints.0.api_key_env", "KEY", ""}}},
      {"models[].limits.shared", {{"models.0.limits.shared", "redis://x", ""}}},
      {"models[].limits.shared_key_env",
       {{"models.0.limits.shared", "redis://x", ""},
        {"models.0.limits.shared_key_env", "KEY", ""}}},
      {"models[].limits.shared_key_file",
       {{"models.0.limits.shared", "redis://x", ""},
        {"models.0.limits.shared_key_file", "other", ""}}},
      {"models[].limits.shared_ca_file",
       {{"models.0.limits.shared", "redis://x", ""},
        {"models.0.limits.shared_ca_file", "other", ""}}},
      {"models[].endpoints[].limits.shared",
       {{"models.2.endpoints.0.limits.shared", "redis://x", ""}}},
      {"models[].endpoints[].limits.shared_key_env",
       {{"models.2.endpoints.0.limits.shared", "redis://x", ""},
        {"models.2.endpoints.0.limits.shared_key_env", "KEY", ""}}},
      {"models[].endpoints[].limits.shared_key_file",
       {{"models.2.endpoints.0.limits.shared", "redis://x", ""},
        {"models.2.endpoints.0.limits.shared_key_file", "other", ""}}},
      {"models[].endpoints[].limits.shared_ca_file",
       {{"models.2.endpoints.0.limits.shared", "redis://x", ""},
        {"models.2.endpoints.0.limits.shared_ca_file", "other", ""}}},
      {"evaluate[].judge.model.limits.shared",
       {{"evaluate.13.judge.model.limits.shared", "redis://x", ""}}},
      {"evaluate[].judge.model.limits.shared_key_env",
       {{"evaluate.13.judge.model.limits.shared", "redis://x", ""},
        {"evaluate.13.judge.model.limits.shared_key_env", "KEY", ""}}},
      {"evaluate[].judge.model.limits.shared_key_file",
       {{"evaluate.13.judge.model.limits.shared", "redis://x", ""},
        {"evaluate.13.judge.model.limits.shared_key_file", "other", ""}}},
      {"evaluate[].judge.model.limits.shared_ca_file",
       {{"evaluate.13.judge.model.limits.shared", "redis://x", ""},
        {"evaluate.13.judge.model.limits.shared_ca_file", "other", ""}}},
      // Batches do not go with what stands in `evaluate`.
      {"models[].mode", {{"models.0.mode", "online", ""}}},
      {"models[].serve.command", {{"models.3.serve.command", "other {port}", ""}}},
      {"models[].serve.ready", {{"models.3.serve.ready", "/other", ""}}},
      {"models[].serve.replicas", {{"models.3.serve.replicas", "2", ""}}},
      {"evaluate[].judge.model.serve.command",
       {{"evaluate.14.judge.model.serve.command", "other {port}", ""}}},
      {"evaluate[].judge.model.serve.ready",
       {{"evaluate.14.judge.model.serve.ready", "/other", ""}}},
      {"evaluate[].judge.model.serve.replicas",
       {{"evaluate.14.judge.model.serve.replicas", "2", ""}}},
      {"models[].endpoints.file",
       {{"models.0.endpoints.file", test::in_source("tests/engine/config/endpoints.txt"), ""}}},
      {"models[].endpoints.srv", {{"models.0.endpoints.srv", "_http._tcp.s.x", ""}}},
      {"models[].headers", {{"models.0.headers", "{a: b}", ""}}},
      {"models[].mock", {{"models.1.mock", "{wrong: 0.5}", ""}}},
      {"evaluate[].exact", {{"evaluate", "[numeric]", ""}}},
      {"evaluate[].math", {{"evaluate", "[math]", ""}}},
      {"evaluate[].choice", {{"evaluate", "[choice]", ""}}},
      {"evaluate[].contains", {{"evaluate", "[contains]", ""}}},
      {"evaluate[].refusal", {{"evaluate", "[refusal]", ""}}},
      {"evaluate[].repetition", {{"evaluate", "[repetition]", ""}}},
      {"evaluate[].numeric.tolerance", {{"evaluate.1.numeric.tolerance", "1%", ""}}},
      {"filter.decontaminate.against", {{"filter.decontaminate.against", "[b]", ""}}},
      {"filter.where", {{"filter.where", ".completion", ""}}},
      {"vary", {{"vary", "{sampling.top_k: [1]}", ""}}},
      {"dataset.format", {{"dataset.format", "openai_batch", ""}}},
      {"dataset.generate", {{"dataset", "{generate: 3}", ""}}},
      {"dataset.sample", {{"dataset", "{generate: 3, sample: {a: [1]}}", ""}}},
      {"few_shot.path",
       {{"few_shot.path", test::in_source("tests/engine/evaluators/scores/two.jsonl"), ""}}},
      {"evaluate[].scores.path",
       {{"evaluate.10.scores.path", test::in_source("tests/engine/evaluators/scores/two.jsonl"),
         ""}}},
      {"evaluate[].scores.id", {{"evaluate.10.scores.id", "other", ""}}},
      {"evaluate[].code.language", {{"evaluate.11.code.tests", "there is one only", ""}}},
      {"evaluate[].code.memory_mb", {{"evaluate.11.code.memory_mb", "128", ""}}},
      {"evaluate[].judge.prompt", {{"evaluate.13.judge.prompt", "so: {{completion}}", ""}}},
      {"evaluate[].judge.scale", {{"evaluate.13.judge.scale", "[0, 5]", ""}}},
      {"evaluate[].judge.pairwise",
       {{"evaluate.13.judge.scale", "null", ""},
        {"evaluate.13.judge.prompt", "{{first}} {{second}}", ""},
        {"evaluate.13.judge.pairwise", "b", ""}}},
      {"evaluate[].judge.model.provider", {{"evaluate.13.judge.model.provider", "anthropic", ""}}},
      {"evaluate[].judge.model.base_url", {{"evaluate.13.judge.model.base_url", "http://x", ""}}},
      {"evaluate[].judge.model.api_key_env", {{"evaluate.13.judge.model.api_key_env", "KEY", ""}}},
      {"evaluate[].judge.model.headers", {{"evaluate.13.judge.model.headers", "{a: b}", ""}}},
      {"evaluate[].judge.model.mock",
       {{"evaluate.13.judge.model", "{provider: mock, mock: {wrong: 0.5}}", ""}}},
      {"evaluate[].judge.sampling.tools",
       {{"evaluate.13.judge.sampling.tools", "[{type: function, function: {name: f}}]", ""}}},
      {"output.jq", {{"output", "{format: jq, jq: .}", ""}}},
      {"output.margin", {{"output", "{format: preference, margin: 0.5}", ""}}},
      {"output.pairs", {{"output", "{format: preference, pairs: 2}", ""}}},
      {"sampling.tools", {{"sampling.tools", "[{type: function, function: {name: f}}]", ""}}},
  };
  if (const auto found = peculiar.find(key.path); found != peculiar.end()) return found->second;
  const std::string path(key.path);
  switch (key.kind) {
    case value_kind::flag: return one_change(path, key.default_value == "false" ? "true" : "false");
    case value_kind::whole: return one_change(path, "2");
    case value_kind::real: return one_change(path, "0.5");
    case value_kind::choice: {
      const bool is_first = key.default_value == key.choices[0] || key.path.ends_with("role");
      return one_change(path, std::string(key.choices[is_first ? 1 : 0]));
    }
    case value_kind::choices: return one_change(path, std::string(key.choices.back()));
    case value_kind::json_map:
    case value_kind::options: return one_change(path, "{a: 1}");
    default: return one_change(path, "other");
  }
}

}  // namespace

TEST_CASE("each key shapes what its row in the table says, and nothing before that") {
  const config before = parsed(every_section);
  std::size_t seen = 0;
  for (const config_key& key : config_keys()) {
    if (key.kind == value_kind::refused) continue;
    if (key.path.starts_with("steps[]")) continue;    // the same rows again: config_steps_test.cpp
    if (key.path.starts_with("outputs[]")) continue;  // so are these: config_output_test.cpp
    if (key.path == "output.step") continue;          // and this, which needs steps
    CAPTURE(key.path);
    const auto after = parse_config(every_section, "c.yaml", changed(key));
    REQUIRE_MESSAGE(after.has_value(), after.error().message);
    CHECK((answer_shaping(before) != answer_shaping(*after)) == (key.shapes == shapes::answers));
    if (key.shapes == shapes::answers) continue;
    CHECK((verdict_shaping(before) != verdict_shaping(*after)) == (key.shapes == shapes::verdicts));
    CHECK((view_shaping(before) != view_shaping(*after)) == (key.shapes != shapes::speed));
    ++seen;
  }
  CHECK(seen > 30);
}

TEST_CASE("the row of a place in a config is found, and what it shapes") {
  const auto path_at = [](std::string_view place) {
    const config_key* const row = find_key(place);
    return row ? row->path : std::string_view();
  };
  CHECK(path_at("sampling.top_p") == "sampling.top_p");
  CHECK(path_at("models.12.base_url") == "models[].base_url");
  CHECK(path_at("models.0.mock.wrong") == "models[].mock");
  CHECK(path_at("models.0.endpoints.1.limits.rpm") == "models[].endpoints[].limits.rpm");
  CHECK(path_at("sampling.stop.3") == "sampling.stop");
  CHECK(path_at("sampling") == "");
  CHECK(path_at("sampling.top") == "");
  CHECK(path_at("") == "");
  CHECK(shapes_of("prompt.messages.0.role") == shapes::answers);
  CHECK(shapes_of("evaluate.0") == shapes::verdicts);
  CHECK(shapes_of("models.0.base_url") == shapes::speed);
  CHECK(shapes_of("dataset.id") == shapes::views);
  CHECK_FALSE(shapes_of("what.is.this").has_value());
  CHECK_FALSE(shapes_of("runs").has_value());
}

TEST_CASE("what shapes the answers is told key by key, without keys and what only shapes speed") {
  const config c = parsed(R"yaml(
run: t
dataset: {path: a.jsonl}
prompt:
  system: s
  messages: [{role: user, content: "{{q}}"}, {role: assistant, content: a}]
models:
  - {provider: openai, model: m, base_url: "http://h/v1", api_key_env: K, ca_file: c, concurrency: 3,
     timeout_s: 9}
  - {provider: mock, model: n, mock: {wrong: 0.10}}
sampling: {temperature: 0.7, top_p: 1, max_tokens: 512}
retry: {attempts: 2}
)yaml");
  CHECK(answer_shaping(c) == shaping{
                                 {"prompt.system", "s"},
                                 {"prompt.messages.0.role", "user"},
                                 {"prompt.messages.0.content", "{{q}}"},
                                 {"prompt.messages.1.role", "assistant"},
                                 {"prompt.messages.1.content", "a"},
                                 {"models.0.provider", "openai"},
                                 {"models.0.model", "m"},
                                 {"models.1.provider", "mock"},
                                 {"models.1.model", "n"},
                                 {"models.1.mock.wrong", "0.10"},
                                 {"sampling.temperature", "0.7"},
                                 {"sampling.top_p", "1"},
                                 {"sampling.max_tokens", "512"},
                             });
}

TEST_CASE("what shapes the views is told key by key, defaults included") {
  const std::string base = "run: t\nprompt: {user: u}\nmodels: [{provider: mock}]\n";
  CHECK(view_shaping(parsed(base + "dataset: {path: a}\n")) ==
        shaping{{"filter.finish", "stop, tool_calls, unknown"},
                {"filter.only_correct", "false"},
                {"output.format", "prompt_completion"},
                {"output.rejected", "false"}});
  CHECK(view_shaping(parsed(base + R"yaml(
dataset: {path: a, id: i}
reference: {template: r, pattern: p}
evaluate: [exact, numeric: {pattern: q}, json_field: {path: f}, {numeric: , name: n}]
filter: {min_length: 1, max_length: 2, finish: stop, where: '.completion'}
output: {path: o, format: csv, rejected: true}
)yaml")) == shaping{{"dataset.id", "i"},
                    {"reference.template", "r"},
                    {"reference.pattern", "p"},
                    {"evaluate.0", "exact"},
                    {"evaluate.1", "numeric"},
                    {"evaluate.1.numeric.pattern", "q"},
                    {"evaluate.2", "json_field"},
                    {"evaluate.2.json_field.path", "f"},
                    {"evaluate.3", "numeric"},
                    {"evaluate.3.name", "n"},
                    {"filter.finish", "stop"},
                    {"filter.only_correct", "true"},
                    {"filter.min_length", "1"},
                    {"filter.max_length", "2"},
                    {"filter.where", ".completion"},
                    {"output.path", "o"},
                    {"output.format", "csv"},
                    {"output.rejected", "true"}});
}

TEST_CASE("each sampling key shapes the answers") {
  const auto shaped = answer_shaping(
      parsed("run: t\ndataset: {path: a}\nprompt: {user: u}\nmodels: [{provider: mock}]\n"
             "sampling: {top_k: 5, min_p: 0.1, stop: [a, b], seed: 7, frequency_penalty: -1,\n"
             "  presence_penalty: 0.5, logprobs: 0, reasoning: {effort: low, budget_tokens: 9},\n"
             "  response_schema: {type: object}, tools: '[ ]', extra: {a: {b: 1}}}\n"));
  const std::map<std::string, std::string> expected = {
      {"top_k", "5"},
      {"min_p", "0.1"},
      {"stop.0", "a"},
      {"stop.1", "b"},
      {"seed", "7"},
      {"frequency_penalty", "-1"},
      {"presence_penalty", "0.5"},
      {"logprobs", "0"},
      {"reasoning.effort", "low"},
      {"reasoning.budget_tokens", "9"},
      {"response_schema", R"({"type":"object"})"},
      {"tools", "[]"},
      {"extra", R"({"a":{"b":1}})"},
  };
  for (const auto& [key, value] : expected) {
    CAPTURE(key);
    REQUIRE(shaped.contains("sampling." + key));
    CHECK(shaped.at("sampling." + key) == value);
  }
}

TEST_CASE("saying a default changes nothing") {
  const std::string base =
      "run: t\ndataset: {path: a}\nprompt: {user: u}\nmodels: [{provider: mock}]\n"
      "reference: {template: r}\nevaluate: [exact]\n";
  CHECK(view_shaping(parsed(base)) ==
        view_shaping(parsed(base + "filter: {only_correct: true}\noutput: {format: jsonl}\n")));
}
