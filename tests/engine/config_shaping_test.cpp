#include <doctest/doctest.h>

#include <string>

#include "engine/config.hpp"

using namespace retort;
using namespace retort::engine;

namespace {

using shaping = std::map<std::string, std::string>;

config parsed(const std::string& text) {
  auto c = parse_config(text, "c.yaml", {});
  REQUIRE_MESSAGE(c.has_value(), c.error().message);
  return *c;
}

}  // namespace

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
                                 {"models.0.base_url", "http://h/v1"},
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
        shaping{{"filter.only_correct", "false"},
                {"output.format", "prompt_completion"},
                {"output.rejected", "false"}});
  CHECK(view_shaping(parsed(base + R"yaml(
dataset: {path: a, id: i}
reference: {template: r, pattern: p}
evaluate: [exact, numeric: {pattern: q}, json_field: {path: f}, numeric]
filter: {min_length: 1, max_length: 2}
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
                    {"filter.only_correct", "true"},
                    {"filter.min_length", "1"},
                    {"filter.max_length", "2"},
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
