// Judging an answer in a completion of 253 bytes by engine/math, as they come in mathematics.
#include <benchmark/benchmark.h>

#include <string>

#include "bench/fixtures.hpp"
#include "engine/math/math_judge.hpp"

namespace retort::bench {
namespace {

void judge_math(benchmark::State& state, const std::string& answer, const std::string& reference) {
  const std::string text = completion_text + "\nSo it is $\\boxed{" + answer + "}$.";
  for (auto _ : state) {
    const auto judged = engine::judge_math(text, reference);
    if (judged.what != engine::math_judgement::outcome::same) state.SkipWithError("judged wrong");
  }
}

BENCHMARK_CAPTURE(judge_math, integer, "42", "42.0");
BENCHMARK_CAPTURE(judge_math, fraction, "\\dfrac{6}{8}", "\\frac{3}{4}");
BENCHMARK_CAPTURE(judge_math, root, "\\sqrt{8}", "2\\sqrt{2}");
BENCHMARK_CAPTURE(judge_math, polynomial, "(x+1)^2", "x^2+2x+1");
BENCHMARK_CAPTURE(judge_math, roots, "1 \\pm \\sqrt{2}", "1+\\sqrt{2}, 1-\\sqrt{2}");
BENCHMARK_CAPTURE(judge_math, point, "\\left(3, \\frac{\\pi}{2}\\right)", "(3, \\pi/2)");
BENCHMARK_CAPTURE(judge_math, interval, "[-2, 7)", "-2 \\le x < 7");
BENCHMARK_CAPTURE(judge_math, line, "y = 2x + 1", "2x - y + 1 = 0");
BENCHMARK_CAPTURE(judge_math, trigonometry, "2\\sin x\\cos x", "\\sin 2x");

}  // namespace
}  // namespace retort::bench
