#include "engine/evaluators/choice.hpp"

#include <fmt/format.h>

#include "tests/support/evaluators.hpp"
#include "tests/support/ledger_lines.hpp"
#include "tests/support/places.hpp"

using namespace retort;
using namespace retort::engine;
using test::check_judged;
using test::configured;

TEST_CASE("choice compares the letter that is chosen with the reference's") {
  check_judged(configured("choice"),
               {{"The answer is B.", "B", 1, "B"},
                {"The answer is B.", "(b)", 1, "B"},
                {"The answer is B.", "B.", 1, "B"},
                {"The answer is C.", "B", 0, "C"},
                {"<think>The answer is B.</think>\nC", "B", 0, "C"},
                {"<think>The answer is C.</think>\n\\boxed{B}", "B", 1, "B"}});
}

TEST_CASE("choice says nothing where no letter is chosen, or the reference is none") {
  check_judged(configured("choice"),
               {{"", "B", {}, "no letter is named as the answer"},
                {"<think>It is B.", "B", {}, "no letter is named as the answer"},
                {"A and B", "B", {}, "more than one letter is named"},
                {"B", "", {}, "reference \"\" is not one letter"},
                {"B", "Paris", {}, "reference \"Paris\" is not one letter"},
                {"B", "A or B", {}, "reference \"A or B\" is not one letter"}});
  const auto said = test::judged(test::made(configured("choice")), "B", std::nullopt);
  CHECK_FALSE(said.score.has_value());
  CHECK(said.detail == "the record has no reference");
}
