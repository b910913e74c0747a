#include "engine/config/config_keys.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <fstream>
#include <iterator>
#include <map>
#include <sstream>
#include <string>

#include "engine/config/config.hpp"
#include "engine/evaluators/code.hpp"
#include "engine/evaluators/command.hpp"
#include "engine/evaluators/judge.hpp"
#include "engine/evaluators/registry.hpp"
#include "tests/support/places.hpp"

using namespace retort;
using namespace retort::engine;

namespace {

// `SCORES` stands for a file of rows.
std::string with_scores(std::string text) {
  const std::string file = test::in_source("tests/engine/evaluators/scores/one.jsonl");
  for (std::size_t at; (at = text.find("SCORES")) != std::string::npos;) text.replace(at, 6, file);
  return text;
}

// A config in which every section and every kind of element stands.
const std::string full = with_scores(R"yaml(
run: t
dataset: {path: a.jsonl}
prompt: {messages: [{role: user, content: c}]}
reference: {template: r}
few_shot: {path: SCORES}
models:
  - {provider: openai, model: m}
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
holdout: 0.5
)yaml");

// The key's path in `full`.
std::string path_in_full(const config_key& key) {
  const std::map<std::string, std::string> elements = {{"models[].mock", "models.1.mock"}};
  std::string path(key.path);
  if (const auto found = elements.find(path); found != elements.end()) return found->second;
  constexpr std::string_view endpoints = "models[].endpoints[]";
  if (path.starts_with(endpoints)) return "models.2.endpoints.0" + path.substr(endpoints.size());
  if (path.starts_with("models[].serve")) path.replace(0, 8, "models.3");
  if (path.starts_with("evaluate[].judge.model.serve")) path.replace(0, 10, "evaluate.14");
  for (std::size_t i = 0; i < evaluator_kinds().size(); ++i) {
    const auto own = fmt::format("evaluate[].{}", evaluator_kinds()[i].name);
    if (path == own || path.starts_with(own + '.'))
      path.replace(0, 10, fmt::format("evaluate.{}", i));
  }
  if (const auto at = path.find("[]"); at != std::string::npos) path.replace(at, 2, ".0");
  return path;
}

std::string problem(const std::string& path, const std::string& value) {
  const auto c = parse_config(full, "c.yaml", {{path, value, "--set"}});
  return c ? "" : c.error().message;
}

}  // namespace

TEST_CASE("the reader reads every key of the table, as its row says") {
  REQUIRE(parse_config(full, "c.yaml", {}).has_value());
  for (const config_key& key : config_keys()) {
    if (key.path.starts_with("steps[]")) continue;    // the same rows again: config_steps_test.cpp
    if (key.path.starts_with("outputs[]")) continue;  // so are these: config_output_test.cpp
    const std::string path = path_in_full(key);
    CAPTURE(path);
    if (key.kind == value_kind::refused) {
      CHECK(problem(path, "x") == fmt::format("--set: {}: {}", path, key.meaning));
    } else if (key.kind == value_kind::texts) {
      CHECK(problem(path, "[]") ==
            fmt::format("--set: {} is a list; expected {}", path, expected(key)));
    } else if (key.kind == value_kind::json_list) {
      CHECK(problem(path, "{}") ==
            fmt::format("--set: {} is a map; expected {}", path, expected(key)));
    } else if (key.kind == value_kind::section) {
      CHECK(problem(path, "[]") == fmt::format("--set: {} is a list; expected a map", path));
    } else if (key.kind == value_kind::text) {
      CHECK(problem(path, "''") == fmt::format("--set: {} is empty; expected text", path));
    } else if (key.kind != value_kind::options && key.kind != value_kind::json_map &&
               key.kind != value_kind::lists && key.kind != value_kind::choices) {
      CHECK(problem(path, "[]") ==
            fmt::format("--set: {} is \"[]\"; expected {}", path, expected(key)));
    } else {
      CHECK(problem(path, "[]") ==
            fmt::format("--set: {} is a list; expected {}", path, expected(key)));
    }
  }
}

TEST_CASE("the documented defaults are those of the structs") {
  const config c;
  const model_config m;
  const std::map<std::string_view, std::string> defaults = {
      {"dataset.on_error", c.dataset.on_error == on_error::fail ? "fail" : "skip"},
      {"dataset.order", c.dataset.in_prefix_order ? "prefix" : "file"},
      {"models[].timeout_s", fmt::format("{}", m.timeout_s)},
      {"models[].startup_s", fmt::format("{}", m.startup_s)},
      {"models[].limits.share", fmt::format("{}", m.limits.share)},
      {"models[].stream", fmt::format("{}", m.stream)},
      {"models[].mode", "online"},
      {"few_shot.k", fmt::format("{}", few_shot_config().k)},
      {"few_shot.seed", fmt::format("{}", few_shot_config().seed)},
      {"samples.n", fmt::format("{}", c.samples.n)},
      {"samples.keep", "all"},
      {"on_overflow", c.shortens ? "shorten" : "fail"},
      {"escalate", fmt::format("{}", c.escalate)},
      {"evaluate[].numeric.decimal", "point"},
      {"evaluate[].threshold", fmt::format("{}", evaluator_config{}.threshold)},
      {"evaluate[].code.language", "python"},
      {"evaluate[].code.timeout_s", fmt::format("{}", code_rule().timeout_s)},
      {"evaluate[].code.memory_mb", fmt::format("{}", code_rule().memory_mb)},
      {"evaluate[].command.timeout_s", fmt::format("{}", command_rule().timeout_s)},
      {"evaluate[].judge.votes", fmt::format("{}", judge_rule().votes)},
      {"evaluate[].exact.ignore_case", "false"},
      {"evaluate[].contains.ignore_case", "false"},
      {"evaluate[].regex.match", "true"},
      {"filter.unique.by", "completion"},
      {"output.format", c.outputs[0].format},
      {"output.rejected", fmt::format("{}", c.outputs[0].rejected)},
      {"output.part", "training"},
      {"output.tool_arguments", "text"},
      {"output.order", "ledger"},
      {"retry.attempts", fmt::format("{}", c.attempts)},
      {"durability", c.durability == durability::fsync ? "fsync" : "flush"},
      {"max_failed", fmt::format("{}", c.max_failed)},
  };
  std::size_t found = 0;
  for (const config_key& key : config_keys()) {
    const auto named = defaults.find(key.path);
    const bool in_words = key.kind == value_kind::text || key.kind == value_kind::texts ||
                          key.kind == value_kind::section;
    const bool is_value =
        key.is_listed && !in_words && problem(path_in_full(key), key.default_value).empty();
    CAPTURE(key.path);
    CHECK(is_value == (named != defaults.end()));
    if (named == defaults.end()) continue;
    CHECK(key.default_value == named->second);
    ++found;
  }
  CHECK(found == defaults.size());
}

TEST_CASE("the names a section accepts come from the table") {
  using names = std::vector<std::string_view>;
  CHECK(accepted_names(config_keys(), "sampling") ==
        names{"temperature", "top_p", "max_tokens", "top_k", "min_p", "stop", "seed",
              "frequency_penalty", "presence_penalty", "logprobs", "reasoning", "response_schema",
              "tools", "extra"});
  CHECK(accepted_names(config_keys(), "evaluate[]") ==
        names{"exact", "numeric", "math", "json_field", "choice", "contains", "regex",
              "json_schema", "refusal", "repetition", "scores", "code", "command", "judge",
              "threshold", "decides", "name"});
  CHECK(accepted_names(config_keys(), "evaluate[].judge") ==
        names{"prompt", "scale", "pairwise", "pattern", "votes", "model", "sampling"});
  CHECK(accepted_names(config_keys(), "evaluate[].exact") == names{"ignore_case", "pattern"});
  CHECK(accepted_names(config_keys(), "evaluate[].choice").empty());
  CHECK(accepted_names(config_keys(), "prompt.messages[]") == names{"role", "content"});
  CHECK(accepted_names(config_keys(), "samp").empty());
  CHECK(accepted_names(config_keys(), "").size() == 24);
}

TEST_CASE("the printed reference names every key, fits a terminal and shows no refused key") {
  const std::string text = describe_config_keys();
  for (const config_key& key : config_keys()) {
    CAPTURE(key.path);
    const bool printed = ("\n" + text).find(fmt::format("\n{} ", key.path)) != std::string::npos;
    CHECK(printed == (key.kind != value_kind::refused && key.is_listed));
  }
  CHECK(text.find("whole number from 1 to 100000; default: limits.concurrency\n") !=
        std::string::npos);
  CHECK(text.find("  text or a list of texts; required\n") != std::string::npos);
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) CHECK_MESSAGE(line.size() <= 100, line);
}

TEST_CASE("the page of keys shows the reference as it is printed") {
  std::ifstream file(test::in_source("configs/keys.md"));
  const std::string page(std::istreambuf_iterator<char>(file), {});
  CHECK(page.find(describe_config_keys()) != std::string::npos);
}
