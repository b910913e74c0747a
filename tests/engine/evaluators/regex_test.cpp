#include "engine/evaluators/regex.hpp"

#include "tests/support/evaluators.hpp"

using namespace retort;
using namespace retort::engine;
using test::check_judged;
using test::configured;

TEST_CASE("regex says whether the completion matches, anywhere and with all of its text") {
  check_judged(configured("regex", {{"pattern", "A: \\d+"}}),
               {{"so\nA: 12 it is", "", 1, "A: 12"},
                {"<think>A: 12</think>", "", 1, "A: 12"},
                {"A: x", "", 0, "no match"},
                {"a: 12", "", 0, "no match"},
                {"", "", 0, "no match"},
                {"\xff", "", 0, "no match"}});
  check_judged(configured("regex", {{"pattern", "x(y)?"}}), {{"x", "", 1, "x"}});
  CHECK_FALSE(test::made(configured("regex", {{"pattern", "x"}})).needs_reference);
}

TEST_CASE("regex may be told that nothing must match") {
  check_judged(
      configured("regex", {{"pattern", "(?i)as an ai"}, {"match", "false"}}),
      {{"As an AI, no.", "", 0, "As an AI"}, {"Yes.", "", 1, "no match"}, {"", "", 1, "no match"}});
}

TEST_CASE("a pattern that backtracks elsewhere for ever is linear here") {
  const std::string much(std::size_t{8} << 20, 'a');
  check_judged(configured("regex", {{"pattern", "^(a+)+$"}}), {{much + "b", "", 0, "no match"}});
  CHECK(make_evaluator(configured("regex", {{"pattern", "(x{1000}){1000}"}}), evaluator_kinds())
            .has_error());
  CHECK(
      make_evaluator(configured("regex", {{"pattern", "(a)\\1"}}), evaluator_kinds()).has_error());
}
