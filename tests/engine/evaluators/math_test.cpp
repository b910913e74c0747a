#include "engine/evaluators/math.hpp"

#include "tests/support/evaluators.hpp"

using namespace retort;
using namespace retort::engine;
using test::check_judged;
using test::configured;

TEST_CASE("math compares the answer with the reference as mathematics, thinking aside") {
  check_judged(configured("math"), {{"\\boxed{\\frac{1}{2}}", "0.5", 1, "\\frac{1}{2}"},
                                    {"<think>\\boxed{3}</think>\\boxed{2x}", "x+x", 1, "2x"},
                                    {"\\boxed{x}", "y", 0, "x"},
                                    {"", "4", 0, "no answer"}});
}

TEST_CASE("math says nothing where the reference is missing or no mathematics") {
  const auto by = test::made(configured("math"));
  CHECK_FALSE(test::judged(by, "\\boxed{4}", std::nullopt).score.has_value());
  CHECK_FALSE(
      test::judged(by, "\\boxed{4}", "It depends on how the two of them see it").score.has_value());
}
