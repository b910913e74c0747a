// Judging a completion of 253 bytes.
#include <benchmark/benchmark.h>

#include "bench/fixtures.hpp"
#include "engine/evaluate/evaluators.hpp"

namespace retort::bench {
namespace {

using engine::evaluator_config;

void evaluate(benchmark::State& state, const evaluator_config& config,
              const std::string& completion, const std::string& reference) {
  const auto evaluator = engine::evaluator::make(config).value();
  for (auto _ : state) {
    const auto done = evaluator.evaluate(completion, reference);
    if (done.score != engine::correct_score) state.SkipWithError("judged wrong");
  }
}

const evaluator_config exact = {evaluator_config::kind::exact, {}, {}};
const evaluator_config last_number = {evaluator_config::kind::numeric, {}, {}};
const evaluator_config captured_number = {evaluator_config::kind::numeric, "A: (.*)", {}};
const evaluator_config field = {evaluator_config::kind::json_field, {}, "answer"};
const std::string json_text = R"({"reasoning": "5 and 3 more are 8 in the end", "answer": "8"})";

BENCHMARK_CAPTURE(evaluate, exact, exact, completion_text, completion_text);
BENCHMARK_CAPTURE(evaluate, numeric_last, last_number, completion_text, "8");
BENCHMARK_CAPTURE(evaluate, numeric_pattern, captured_number, completion_text, "8");
BENCHMARK_CAPTURE(evaluate, json_field, field, json_text, "8");

}  // namespace
}  // namespace retort::bench
