#include "engine/evaluators/registry.hpp"

#include <fmt/format.h>

#include <map>
#include <set>
#include <string>
#include <vector>

#include "engine/config/config_keys.hpp"
#include "tests/support/evaluators.hpp"
#include "tests/support/places.hpp"

using namespace retort;
using namespace retort::engine;

TEST_CASE("every evaluator has a name of its own and rows that say so, and no other has") {
  std::set<std::string_view> names;
  for (const evaluator_kind& kind : evaluator_kinds()) {
    CAPTURE(kind.name);
    CHECK(names.insert(kind.name).second);
    CHECK(find_evaluator(evaluator_kinds(), kind.name) == &kind);
    CHECK_FALSE(kind.keys.empty());
    const std::string own = fmt::format("evaluate[].{}", kind.name);
    for (const config_key& row : kind.keys) {
      CAPTURE(row.path);
      CHECK((row.path == own || row.path.starts_with(own + ".")));
      CHECK(row.shapes == shapes::verdicts);
      CHECK(find_key(row.path) != nullptr);
    }
  }
  for (const std::string_view name : accepted_names(config_keys(), "evaluate[]")) {
    CAPTURE(name);
    const bool is_common = name == "threshold" || name == "decides" || name == "name";
    CHECK(names.contains(name) != is_common);
  }
}

TEST_CASE("an evaluator that there is not is a usage error") {
  const auto made = make_evaluator(test::configured("telepathy"), evaluator_kinds());
  REQUIRE(made.has_error());
  CHECK(made.error().code == errc::usage);
}

TEST_CASE("every evaluator takes an empty answer, and what is no UTF-8, without a reference") {
  for (const evaluator_kind& kind : evaluator_kinds()) {
    if (kind.is_costly) continue;
    CAPTURE(kind.name);
    test::evaluator_keys keys;
    for (const config_key& row : kind.keys) {
      const auto name = row.path.substr(row.path.rfind('.') + 1);
      if (row.is_required())
        keys[std::string(name)] = row.kind == value_kind::json_map ? "{}" : "a";
    }
    if (kind.name == "scores") {
      keys["path"] = test::in_source("tests/engine/evaluators/scores/one.jsonl");
    }
    const auto by = test::made(test::configured(std::string(kind.name), keys));
    for (const char* text : {"", " ", "\xff\xfe\x80", "\xf0\x9f", "{", "\\boxed{", "<think>"}) {
      CAPTURE(text);
      const auto said = test::judged(by, text, std::nullopt);
      CHECK(said.score.value_or(0) >= 0);
      CHECK(said.score.value_or(0) <= 1);
      CHECK(said.detail.size() < 200);
      CHECK(said.detail.find('\n') == std::string::npos);
    }
  }
}

TEST_CASE("those that compare find the answer that they compare, and hold alike what they accept") {
  const std::map<std::string, test::evaluator_keys> keys = {{"json_field", {{"path", "answer"}}}};
  const std::map<std::string, std::vector<std::string>> says = {
      {"choice", {"The answer is B.", "**B**", "(C)"}},
      {"exact", {"Paris", " Paris\n", "Rome"}},
      {"json_field", {R"({"answer": "1.0"})", R"(So: {"answer": 1})", R"({"answer": 2})"}},
      {"math", {R"(\boxed{\frac{1}{2}})", "It is 0.5", R"(\boxed{\frac{1}{3}})"}},
      {"numeric", {"1,000 km", "so 1000.0 kilometres", "It is 1000 m"}}};
  for (const auto& [kind, texts] : says) {
    CAPTURE(kind);
    const auto of = keys.find(kind);
    const auto by =
        test::made(test::configured(kind, of == keys.end() ? test::evaluator_keys() : of->second));
    REQUIRE(bool(by.extract));
    std::vector<std::string> answers;
    for (const std::string& text : texts) {
      providers::completion whole;
      answers.push_back(by.extract({text, std::nullopt, whole}).value_or("none"));
      CHECK(test::judged(by, text, answers.back()).score == 1);
    }
    CHECK(by.are_same(answers[0], answers[1]));
    CHECK_FALSE(by.are_same(answers[1], answers[2]));
    providers::completion nothing;
    CHECK_FALSE(by.extract({"", std::nullopt, nothing}).has_value());
  }
  for (const evaluator_kind& kind : evaluator_kinds()) {
    if (says.contains(std::string(kind.name))) continue;
    const auto by = make_evaluator(test::configured(std::string(kind.name)), evaluator_kinds());
    if (by) CHECK_FALSE(bool(by->extract));
  }
}
