#include "engine/evaluators/exact.hpp"

#include "tests/support/evaluators.hpp"

using namespace retort;
using namespace retort::engine;
using test::check_judged;
using test::configured;

TEST_CASE("exact compares the trimmed texts") {
  check_judged(configured("exact"),
               {{"Paris", "Paris", 1, "Paris"},
                {" Paris\n", "\tParis ", 1, "Paris"},
                {"paris", "Paris", 0, "paris"},
                {"Paris.", "Paris", 0, "Paris."},
                {"8.0", "8", 0, "8.0"},
                {"", "", 1, ""},
                {"a\nb", "a\nb", 1, "a b"},
                {std::string(100, 'x'), std::string(100, 'x'), 1, std::string(80, 'x') + "…"}});
}

TEST_CASE("exact takes capital letters for small ones where it is told to, and no others") {
  check_judged(configured("exact", {{"ignore_case", "true"}}),
               {{"PARIS", "Paris", 1, "PARIS"},
                {" école ", "ÉCOLE", 1, "école"},
                {"\u00a0école\u3000", "ÉCOLE", 1, "école"},
                {"Pariss", "Paris", 0, "Pariss"},
                {"ecole", "École", 0, "ecole"},
                {"", "Paris", 0, ""}});
  check_judged(configured("exact", {{"ignore_case", "false"}}), {{"PARIS", "Paris", 0, "PARIS"}});
}

TEST_CASE("exact looks where the pattern's last match says, thinking aside") {
  check_judged(configured("exact", {{"pattern", "Answer: (.*)"}}),
               {{"Well.\nAnswer: Paris \nDone.", "Paris", 1, "Paris"},
                {"Answer: Paris\nNo.\nAnswer: Rome", "Paris", 0, "Rome"},
                {"<think>Answer: Paris</think>Answer: Rome", "Paris", 0, "Rome"},
                {"Answer: Paris, I think", "Paris", 0, "Paris, I think"},
                {"Paris", "Paris", 0, "pattern \"Answer: (.*)\" matches nothing"},
                {"", "", 0, "pattern \"Answer: (.*)\" matches nothing"}});
  CHECK(
      make_evaluator(configured("exact", {{"pattern", "("}}), evaluator_kinds()).error().message ==
      "pattern is not a regular expression; RE2 says \"missing ): (\"");
}
