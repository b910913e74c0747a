#include "engine/config/config_generate.hpp"

#include <doctest/doctest.h>

using namespace retort;
using namespace retort::engine;

namespace {

result<config> parsed(const std::string& dataset) {
  return parse_config(
      "dataset: " + dataset + "\nprompt: {user: \"{{topic}}\"}\nmodels: [{provider: mock}]\n",
      "c.yaml", {});
}

std::string problem(const std::string& dataset) {
  const auto out = parsed(dataset);
  REQUIRE_FALSE(out.has_value());
  return out.error().message;
}

}  // namespace

TEST_CASE("records from nothing have fields with values, or a file's lines") {
  const auto c = parsed("{generate: 3, sample: {topic: [a, 1.5, {x: []}], who: {file: p.txt}}}");
  REQUIRE(c.has_value());
  const generate_config& made = c->dataset.generate.value();
  CHECK(made.rows == 3);
  REQUIRE(made.fields.size() == 2);
  CHECK(made.fields[0].name == "topic");
  CHECK(made.fields[0].values == std::vector<std::string>{"\"a\"", "1.5", "{\"x\":[]}"});
  CHECK(made.fields[1].file == "p.txt");
  CHECK(made.fields[1].values.empty());
  CHECK(parsed("{generate: 3}").has_value());
}

TEST_CASE("what cannot be generated is told with its place") {
  CHECK(
      problem("{generate: 3, sample: {topic: []}}") ==
      "c.yaml:1:32: dataset.sample has \"topic\" that is []; expected a list of values, or {file: "
      "lines.txt}");
  for (const char* form : {"a", "{}", "{fiel: x}", "{file: [x]}", "{file: x, more: y}"}) {
    CAPTURE(form);
    const std::string said = problem("{generate: 3, sample: {topic: " + std::string(form) + "}}");
    CHECK(said.find("expected a list of values, or {file: lines.txt}") != said.npos);
  }
  CHECK(problem("{generate: 0}") ==
        "c.yaml:1:21: dataset.generate is \"0\"; expected a whole number of at least 1");
  CHECK(problem("{path: a.jsonl, generate: 1}") ==
        "c.yaml:1:36: dataset.generate cannot stand beside dataset.path");
  CHECK(problem("{path: a.jsonl, sample: {topic: [a]}}")
            .find("dataset.sample needs dataset.generate") != std::string::npos);
  CHECK(problem("{generate: 1, format: csv}").find("dataset.generate has none") !=
        std::string::npos);
  CHECK(problem("{id: x}") ==
        "c.yaml:1:1: dataset.path is required: expected text or a list of texts; or set "
        "dataset.generate");
}
