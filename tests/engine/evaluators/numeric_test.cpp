#include "engine/evaluators/numeric.hpp"

#include "tests/support/evaluators.hpp"

using namespace retort;
using namespace retort::engine;
using test::check_judged;
using test::configured;

TEST_CASE("numeric compares the completion's last number") {
  check_judged(configured("numeric"),
               {{"16 - 3 = 13\nSo 9 * 2 = 18.", "18", 1, "18"},
                {"#### 1,000", "1000", 1, "1000"},
                {"It costs $18.00.", "$18", 1, "18"},
                {"so \\boxed{\\frac{1}{2}} of 3", "0.5", 1, "1/2"},
                {"It is 17.", "18", 0, "17"},
                {"9007199254740993", "9007199254740992", 0, "9007199254740993"},
                {"5 km", "5 cm", 0, "5"},
                {"x > 18", "18", 0, "the last number is part of something else"},
                {"\\boxed{18x}", "18", 0, "\"18x\" is not one number"},
                {"<think>\\boxed{18}</think>\nIt is 17.", "18", 0, "17"},
                {"<think>It is 17.</think>\nIt is 18.", "18", 1, "18"},
                {"<think>It is 18.", "18", 0, "no number"},
                {"eighteen", "18", 0, "no number"},
                {"", "18", 0, "no number"}});
}

TEST_CASE("numeric looks where the pattern's last match says") {
  check_judged(configured("numeric", {{"pattern", "A: (.*)"}}),
               {{"A: 18", "18", 1, "18"},
                {"A: 17\nno,\nA: 18 dollars", "18", 1, "18"},
                {"A: 18\nThat took 3 steps.", "18", 1, "18"},
                {"A: \\boxed{18}", "18", 1, "18"},
                {"A: 17", "18", 0, "17"},
                {"18", "18", 0, "pattern \"A: (.*)\" matches nothing"},
                {"A: eighteen", "18", 0, "\"eighteen\" is not one number"},
                {"A: 17 or 18", "18", 0, "\"17 or 18\" is not one number"},
                {"A: ", "18", 0, "\"\" is not one number"}});
  check_judged(configured("numeric", {{"pattern", "\\d+ eggs"}}),
               {{"3 ducks, 18 eggs", "18", 1, "18"}});
}

TEST_CASE("numeric forgives what its tolerance says, of the reference or in all") {
  evaluator_config config = configured("numeric");
  config.keys["tolerance"] = {"0.01"};
  check_judged(config, {{"3.15", "3.14", 1, "63/20"},
                        {"3.13", "3.14", 1, "313/100"},
                        {"3.151", "3.14", 0, "3151/1000"}});
  config.keys["tolerance"] = {"1%"};
  check_judged(
      config, {{"99", "100", 1, "99"}, {"98.9", "100", 0, "989/10"}, {"99 km", "100 cm", 0, "99"}});
  config.keys["tolerance"] = {"much"};
  CHECK(make_evaluator(config, evaluator_kinds()).has_error());
}

TEST_CASE("numeric reads decimal commas where it is told to") {
  evaluator_config config = configured("numeric");
  check_judged(config, {{"Es sind 3,5.", "3.5", 0, "the last number is part of something else"}});
  config.keys["decimal"] = {"comma"};
  check_judged(config, {{"Es sind 3,5.", "3.5", 1, "7/2"}, {"1.234,5", "1234,5", 1, "2469/2"}});
}

TEST_CASE("a reference that is no number makes nothing correct") {
  check_judged(configured("numeric"),
               {{"18", "", 0, "reference \"\" is not one number"},
                {"18", "eighteen", 0, "reference \"eighteen\" is not one number"},
                {"18", "9 * 2 = 18", 0, "reference \"9 * 2 = 18\" is not one number"},
                {"none", "none", 0, "reference \"none\" is not one number"}});
}

TEST_CASE("a pattern that does not compile is a usage error that names its key") {
  const auto bad = make_evaluator(configured("numeric", {{"pattern", "A: ("}}), evaluator_kinds());
  REQUIRE(bad.has_error());
  CHECK(bad.error().code == errc::usage);
  CHECK(bad.error().message == "pattern is not a regular expression; RE2 says \"missing ): A: (\"");
}
