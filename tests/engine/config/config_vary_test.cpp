#include "engine/config/config_vary.hpp"

#include <doctest/doctest.h>

#include "engine/config/config.hpp"

using namespace retort;
using namespace retort::engine;

namespace {

const std::string minimal =
    "run: t\ndataset: {path: a.jsonl}\nprompt: {user: \"{{q}}\"}\nmodels: [{provider: mock}]\n";

config parsed(const std::string& text, const std::vector<override_value>& overrides = {}) {
  auto c = parse_config(text, "c.yaml", overrides);
  REQUIRE_MESSAGE(c.has_value(), c.error().message);
  return std::move(*c);
}

std::string problem(const std::string& vary) {
  const auto c = parse_config(minimal + "vary: " + vary + "\n", "c.yaml", {});
  return c ? "" : c.error().message;
}

std::vector<std::string> names(const config& of) {
  std::vector<std::string> out;
  for (const variation& one : of.variations) out.push_back(one.values);
  return out;
}

}  // namespace

TEST_CASE(
    "each combination of values is a variation, in an order that the writing does not change") {
  const std::string temperatures = "  sampling.temperature: [0.30, 1]\n";
  const std::string users = "  prompt.user: [\"{{q}}\", \"Think: {{q}}\"]\n";
  const std::vector<std::string> expected = {
      R"({"prompt.user":"{{q}}","sampling.temperature":0.3})",
      R"({"prompt.user":"{{q}}","sampling.temperature":1})",
      R"({"prompt.user":"Think: {{q}}","sampling.temperature":0.3})",
      R"({"prompt.user":"Think: {{q}}","sampling.temperature":1})",
  };
  for (const auto& text : {temperatures + users, users + temperatures}) {
    const config c = parsed(minimal + "vary:\n" + text);
    CHECK(names(c) == expected);
    CHECK(c.variations[2].prompt.user == "Think: {{q}}");
    CHECK(c.variations[2].sampling.temperature == 0.3);
    CHECK(c.variations[1].sampling.temperature == 1);
    CHECK(c.sampling.temperature == 0.3);  // the first one's
    CHECK(combinations_of(c) == 4);
  }
}

TEST_CASE("nothing varies by default, and a variant is then a model entry") {
  const config c = parsed(minimal + "sampling: {temperature: 0.5}\n");
  CHECK(c.variations.empty());
  CHECK(combinations_of(c) == 1);
  CHECK(model_of(c, 3) == 3);
  CHECK(variation_of(c, 3) == nullptr);
  CHECK(sampling_of(c, 3).temperature == 0.5);
  CHECK(parsed(minimal + "vary:\n").variations.empty());
}

TEST_CASE("the variants of one model come before those of the next") {
  const config c = parsed(minimal + "vary: {sampling.top_k: [1, 2, 3]}\n");
  CHECK(model_of(c, 2) == 0);
  CHECK(model_of(c, 3) == 1);
  CHECK(sampling_of(c, 4).top_k == 2);
  CHECK(variation_of(c, 5)->values == R"({"sampling.top_k":3})");
}

TEST_CASE(
    "values are of any kind of sampling, null is not set, and maps may stand within each other") {
  const config c = parsed(minimal +
                          "sampling: {top_p: 0.5}\nvary: {sampling: {top_p: [0.9, null], stop: "
                          "[[a, b], c]}, sampling.reasoning.effort: [low]}\n");
  CHECK(
      names(c) ==
      std::vector<std::string>{
          R"({"sampling.reasoning.effort":"low","sampling.stop":["a","b"],"sampling.top_p":0.9})",
          R"({"sampling.reasoning.effort":"low","sampling.stop":["a","b"],"sampling.top_p":null})",
          R"({"sampling.reasoning.effort":"low","sampling.stop":["c"],"sampling.top_p":0.9})",
          R"({"sampling.reasoning.effort":"low","sampling.stop":["c"],"sampling.top_p":null})"});
  CHECK_FALSE(c.variations[1].sampling.top_p.has_value());
  CHECK(c.variations[1].sampling.reasoning_effort == "low");
}

TEST_CASE("a prompt that varies need not stand in prompt as well") {
  const config c = parsed(
      "run: t\ndataset: {path: a.jsonl}\nmodels: [{provider: mock}]\n"
      "vary: {prompt.user: [\"a {{q}}\", \"b {{q}}\"]}\n");
  CHECK(c.prompt.user == "a {{q}}");
  CHECK(c.variations[1].prompt.user == "b {{q}}");
}

TEST_CASE("an override takes the place of a file's values") {
  const config c = parsed(minimal + "vary: {sampling.temperature: [0, 1]}\n",
                          {{"vary.sampling.temperature", "[0.5, 0.7]", "--set x"}});
  CHECK(names(c) == std::vector<std::string>{R"({"sampling.temperature":0.5})",
                                             R"({"sampling.temperature":0.7})"});
}

TEST_CASE("what varies shapes the answers, value by value") {
  const auto shaping =
      answer_shaping(parsed(minimal + "vary: {sampling.temperature: [0.30, 1]}\n"));
  CHECK(shaping.at("vary.sampling.temperature.0") == "0.3");
  CHECK(shaping.at("vary.sampling.temperature.1") == "1");
  CHECK_FALSE(shaping.contains("sampling.temperature"));  // said once
}

TEST_CASE("what cannot vary is one line with its place") {
  const struct {
    std::string vary, message;
  } table[] = {
      {"{sampling.temprature: [0, 1]}",
       "c.yaml:5:8: vary: \"sampling.temprature\" is no key that can vary; did you mean "
       "\"sampling.temperature\"?"},
      {"{sampling: {temprature: [0, 1]}}",
       "c.yaml:5:19: vary: \"sampling.temprature\" is no key that can vary; did you mean "
       "\"sampling.temperature\"?"},
      {"{models: [a, b]}",
       "c.yaml:5:8: vary: \"models\" is no key that can vary; several models are listed in models"},
      {"{retry.attempts: [1, 2]}",
       "c.yaml:5:8: vary: \"retry.attempts\" is no key that can vary; expected keys of sampling, "
       "prompt.system or prompt.user"},
      {"{sampling: [1]}",
       "c.yaml:5:8: vary: \"sampling\" is no key that can vary; expected keys of sampling, "
       "prompt.system or prompt.user"},
      {"{sampling.temperature: 1}",
       "c.yaml:5:30: vary.sampling.temperature is \"1\"; expected a list of one value or more"},
      {"{sampling.temperature: []}",
       "c.yaml:5:30: vary.sampling.temperature is a list; expected a list of one value or more"},
      {"{sampling.temperature: [0, 3]}",
       "c.yaml:5:34: sampling.temperature is \"3\"; expected a number from 0 to 2"},
      {"{sampling.temperature: [0.5, 0.50]}",
       "c.yaml:5:36: vary.sampling.temperature.1 is \"0.5\" again"},
      {"{sampling.top_p: [null, ~]}", "c.yaml:5:31: vary.sampling.top_p.1 is \"null\" again"},
      {"{prompt.user: [a, null]}",
       "c.yaml:3:1: prompt needs one of user, messages and messages_field"},
      {"{sampling.top_p: [1], sampling: {top_p: [0.5]}}",
       "c.yaml:5:40: vary.sampling.top_p is there twice"},
      {"{sampling.top_k: [1, 2, 3, 4, 5], sampling.seed: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, "
       "13]}",
       "c.yaml:5:1: vary has more than 64 combinations; expected fewer keys, or fewer values of "
       "them"},
      {"some", "c.yaml:5:7: vary is \"some\"; expected a map of keys, each with a list of values"},
  };
  for (const auto& [vary, message] : table) {
    CAPTURE(vary);
    CHECK(problem(vary) == message);
  }
}

TEST_CASE("a million values are refused without being multiplied out") {
  yaml_node values{.type = yaml_node::kind::list};
  values.children.resize(std::size_t{1} << 17);
  std::vector<vary_axis> axes(8, vary_axis{"sampling.seed", values.children});
  CHECK(combinations_of(axes) > max_combinations);
}
