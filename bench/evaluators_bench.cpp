// Judging a completion of 253 bytes.
#include <benchmark/benchmark.h>

#include "bench/fixtures.hpp"
#include "engine/evaluators/registry.hpp"

namespace retort::bench {
namespace {

using engine::evaluator_config;

void evaluate(benchmark::State& state, const evaluator_config& config,
              const std::string& completion, const std::string& reference) {
  const auto evaluator = engine::make_evaluator(config, engine::evaluator_kinds()).value();
  const providers::completion whole;
  for (auto _ : state) {
    const auto done = evaluator.evaluate({completion, reference, whole});
    if (done.score != 1) state.SkipWithError("judged wrong");
  }
}

const evaluator_config exact = {.kind = "exact"};
const evaluator_config last_number = {.kind = "numeric"};
const evaluator_config captured_number = {.kind = "numeric", .keys = {{"pattern", {"A: (.*)"}}}};
const evaluator_config field = {.kind = "json_field", .keys = {{"path", {"answer"}}}};
const std::string json_text = R"({"reasoning": "5 and 3 more are 8 in the end", "answer": "8"})";

BENCHMARK_CAPTURE(evaluate, exact, exact, completion_text, completion_text);
BENCHMARK_CAPTURE(evaluate, numeric_last, last_number, completion_text, "8");
BENCHMARK_CAPTURE(evaluate, numeric_pattern, captured_number, completion_text, "8");
BENCHMARK_CAPTURE(evaluate, json_field, field, json_text, "8");

}  // namespace
}  // namespace retort::bench
