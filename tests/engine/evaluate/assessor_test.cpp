#include "engine/evaluate/assessor.hpp"

#include <doctest/doctest.h>

#include "tests/support/samples.hpp"

using namespace retort;
using namespace retort::engine;
using test::answered;
using kind = enum evaluator_config::kind;

namespace {

config with_evaluators(const std::vector<evaluator_config>& evaluate) {
  config run;
  run.prompt.user = "{{question}}";
  run.models.resize(1);
  run.evaluate = evaluate;
  return run;
}

assessor made(const config& run) {
  auto one = assessor::make(run);
  REQUIRE_MESSAGE(one.has_value(), one.error().message);
  return std::move(*one);
}

sample decided(const config& run, sample one) {
  made(run).decide(one);
  return one;
}

const config numeric = with_evaluators({{kind::numeric, {}, ""}});

}  // namespace

TEST_CASE("a sample gets its evaluations, its verdict and the mark of its judge") {
  const sample right = decided(numeric, answered(7, "It is 8."));
  CHECK(right.verdict() == verdict::accepted);
  REQUIRE(right.evaluations.size() == 1);
  CHECK(right.evaluations[0].name == "numeric");
  CHECK(right.evaluations[0].score == 1);
  CHECK(right.judge == made(numeric).fingerprint());

  const sample wrong = decided(numeric, answered(7, "It is 9."));
  CHECK(wrong.rejected == reject_reason::incorrect);
  CHECK(wrong.evaluations[0].score == 0);
  CHECK(wrong.evaluations[0].detail == "9");
}

TEST_CASE("every evaluator is asked, the first decides") {
  const config run = with_evaluators({{kind::exact, {}, ""}, {kind::numeric, {}, ""}});
  const sample one = decided(run, answered(7, "8.0"));
  REQUIRE(one.evaluations.size() == 2);
  CHECK(one.evaluations[0].name == "exact");
  CHECK(one.evaluations[0].score == 0);
  CHECK(one.evaluations[1].score == 1);
  CHECK(one.rejected == reject_reason::incorrect);
}

TEST_CASE("without an evaluator, what is not empty is accepted") {
  const config run = with_evaluators({});
  CHECK(decided(run, answered(7, "anything")).verdict() == verdict::accepted);
  CHECK(decided(run, answered(7, " \n")).rejected == reject_reason::no_output);
}

TEST_CASE("an answer that calls a tool and says nothing is one, right or wrong by its arguments") {
  sample calls = answered(7, "");
  calls.completion.tool_calls = {{"c1", "answer", R"({"answer": 8})"}};
  CHECK(decided(with_evaluators({}), calls).verdict() == verdict::accepted);
  const config run = with_evaluators({{kind::json_field, {}, "answer"}});
  CHECK(decided(run, calls).verdict() == verdict::accepted);
  calls.completion.tool_calls[0].arguments = R"({"answer": 9})";
  CHECK(decided(run, calls).rejected == reject_reason::incorrect);
}

TEST_CASE("a sample without a reference is not correct, whatever it says") {
  sample one = answered(7, "8");
  one.reference.reset();
  CHECK(decided(numeric, one).rejected == reject_reason::incorrect);
}

TEST_CASE("a failed sample is not evaluated and stays failed") {
  sample one = test::failed(7, providers::failure_kind::timeout);
  one.evaluations = {{"left", 1, "over"}};
  one.rejected = reject_reason::incorrect;
  one = decided(numeric, one);
  CHECK(one.verdict() == verdict::failed);
  CHECK(one.evaluations.empty());
  CHECK_FALSE(one.rejected.has_value());
  CHECK(one.judge == made(numeric).fingerprint());
}

TEST_CASE("the same assessor does not decide again, another one does") {
  sample one = decided(numeric, answered(7, "8"));
  one.rejected = reject_reason::too_long;  // as it cannot be: a mark that nobody looked again
  made(numeric).decide_again(one);
  CHECK(one.rejected == reject_reason::too_long);

  config other = numeric;
  other.filter.min_length = 1;
  made(other).decide_again(one);
  CHECK(one.verdict() == verdict::accepted);
  CHECK(one.judge == made(other).fingerprint());
}

TEST_CASE("deciding again leaves nothing of the earlier decision") {
  sample one = decided(with_evaluators({{kind::exact, {}, ""}, {kind::numeric, {}, ""}}),
                       answered(7, "wrong"));
  made(numeric).decide_again(one);
  CHECK(one.evaluations.size() == 1);
  config open = with_evaluators({});
  made(open).decide_again(one);
  CHECK(one.evaluations.empty());
  CHECK(one.verdict() == verdict::accepted);
}

TEST_CASE("the fingerprint is that of the evaluators and the filter, and of nothing else") {
  const auto changed = [](auto change) {
    config run = numeric;
    change(run);
    return made(run).fingerprint() != made(numeric).fingerprint();
  };
  CHECK_FALSE(changed([](config&) {}));
  CHECK_FALSE(changed([](config& run) { run.filter.only_correct = true; }));  // as by default
  CHECK_FALSE(changed([](config& run) { run.prompt.user = "{{q}}"; }));
  CHECK_FALSE(changed([](config& run) { run.sampling.temperature = 1; }));
  CHECK_FALSE(changed([](config& run) { run.reference = {"{{answer}}", {}}; }));
  CHECK_FALSE(changed([](config& run) { run.output = {"x", "csv", true}; }));
  CHECK_FALSE(changed([](config& run) { run.dataset.id = "id"; }));

  CHECK(changed([](config& run) { run.filter.only_correct = false; }));
  CHECK(changed([](config& run) { run.filter.min_length = 1; }));
  CHECK(changed([](config& run) { run.filter.max_length = 1; }));
  CHECK(changed([](config& run) { run.filter.finish.push_back(providers::finish::length); }));
  CHECK(changed([](config& run) { run.evaluate.clear(); }));
  CHECK(changed([](config& run) { run.evaluate[0].kind = kind::exact; }));
  CHECK(changed([](config& run) { run.evaluate[0].pattern = "A: (.*)"; }));
  CHECK(changed([](config& run) { run.evaluate[0].tolerance = "1%"; }));
  CHECK(changed([](config& run) { run.evaluate[0].decimal = decimal_sign::comma; }));
  CHECK(changed([](config& run) { run.evaluate.push_back({kind::exact, {}, ""}); }));
  CHECK(changed([](config& run) { run.evaluate[0] = {kind::json_field, {}, "a"}; }));
}

TEST_CASE("an evaluator that cannot be built is an error of the config") {
  const auto broken = assessor::make(with_evaluators({{kind::numeric, "(", ""}}));
  REQUIRE_FALSE(broken.has_value());
  CHECK(broken.error().code == errc::usage);
}
