#include "tools/mock/answers/arithmetic.hpp"

#include <doctest/doctest.h>

#include <string>

using retort::mock::solve;

TEST_CASE("an expression in prose is found and worked out exactly") {
  struct {
    const char *text, *expression, *value;
  } const table[] = {
      {"What is 5 + 3?", "5 + 3", "8"},
      {"What is 10 * 4?", "10 * 4", "40"},
      {"What is 15 - 7?", "15 - 7", "8"},
      {"7-9", "7-9", "-2"},
      {"2 + 3 * 4", "2 + 3 * 4", "14"},
      {"20 - 5 - 3", "20 - 5 - 3", "12"},
      {"Work out (2 + 3) * 4 now", "(2 + 3) * 4", "20"},
      {"((1+2)*(3+4))", "((1+2)*(3+4))", "21"},
      {"6 × 7 = ", "6 × 7", "42"},
      {"9 ÷ 2", "9 ÷ 2", "4.5"},
      {"1/3", "1/3", "0.333333333333"},
      {"2/3", "2/3", "0.666666666667"},
      {"-2/3", "-2/3", "-0.666666666667"},
      {"1/8 + 1/8", "1/8 + 1/8", "0.25"},
      {"1/3 * 3", "1/3 * 3", "1"},
      {"0 - 0", "0 - 0", "0"},
      {"0 - 1 / 9999999999999999", "0 - 1 / 9999999999999999", "0"},
      {"3 * -2", "3 * -2", "-6"},
      {"-(2 + 1) * 2", "-(2 + 1) * 2", "-6"},
      {"--4 + 1", "--4 + 1", "5"},
      {"1,234 + 1", "1,234 + 1", "1235"},
      {"1,234,567 - 0", "1,234,567 - 0", "1234567"},
      {"2.5 * 4", "2.5 * 4", "10"},
      {"007 + 010", "007 + 010", "17"},
      {"99999999999999999999 * 99999999999999999999", "99999999999999999999 * 99999999999999999999",
       "9999999999999999999800000000000000000001"},
      {"In Q1 - or a2 + 3 - what is 4 + 4?", "4 + 4", "8"},
      {"What is (5 + 3?", "5 + 3", "8"},
      {"5 + 3 - or so", "5 + 3", "8"},
      {"5 + 3 (roughly)", "5 + 3", "8"},
      {"first 1 + 1, then 2 + 2", "1 + 1", "2"},
      {"1,2 + 3", "2 + 3", "5"},
      {"1,2345 + 3", "2345 + 3", "2348"},
  };
  for (const auto& row : table) {
    CAPTURE(row.text);
    const auto solved = solve(row.text);
    REQUIRE(solved);
    CHECK(solved->expression == row.expression);
    CHECK(solved->value == row.value);
  }
}

TEST_CASE("text without an expression, and a division by zero, have no solution") {
  for (const char* text : {"", "hello", "What is 7?", "-", "()", "5 +", "+ 5", "(1)", "-5", "a1+b2",
                           "1 / 0", "4 / (2 - 2)", "5 +\n"}) {
    CAPTURE(text);
    CHECK_FALSE(solve(text));
  }
}

TEST_CASE("a wrong answer is off by what was asked") {
  CHECK(solve("5 + 3", 2)->value == "10");
  CHECK(solve("1 / 2", 1)->value == "1.5");
}

TEST_CASE("deep nesting neither overflows the stack nor hides what can be read") {
  CHECK_FALSE(solve(std::string(10'000, '(')));
  CHECK_FALSE(solve(std::string(1'000, '-')));
  CHECK(solve(std::string(1'000, '(') + "1 + 2")->value == "3");
}
