#include "engine/evaluators/json_field.hpp"

#include "tests/support/evaluators.hpp"

using namespace retort;
using namespace retort::engine;
using test::check_judged;
using test::configured;

TEST_CASE("json_field compares numbers as numbers") {
  check_judged(configured("json_field", {{"path", "answer"}}),
               {{R"({"answer": "8"})", "8", 1, "8"},
                {R"({"answer": 8})", "8", 1, "8"},
                {R"({"answer": 8.0})", "8", 1, "8.0"},
                {R"({"answer": "$1,000"})", "1000", 1, "$1,000"},
                {R"({"answer": "8 km"})", "8", 1, "8 km"},
                {R"({"answer": 8})", "8 km", 1, "8"},
                {R"({"answer": "8 cm"})", "8 km", 0, "8 cm"},
                {R"({"answer": "8 apples"})", "8", 1, "8 apples"},
                {R"({"answer": "8 monkeys"})", "8", 0, "8 monkeys"},
                {"<think>{\"answer\": 9}</think>\n{\"answer\": 8}", "8", 1, "8"},
                {"Here it is:\n```json\n{\"answer\": 8}\n```\nDone.", "8", 1, "8"},
                {"```json\n{\"answer\": 8}\n```", "8", 1, "8"},
                {R"({"answer": 9})", "8", 0, "9"},
                {R"({"answer": 9007199254740993})", "9007199254740992", 0, "9007199254740993"},
                {R"({"answer": 123456789012345678901234567890})", "123456789012345678901234567890",
                 1, "123456789012345678901234567890"}});
}

TEST_CASE("json_field compares the rest as trimmed text") {
  check_judged(configured("json_field", {{"path", "answer"}}),
               {{R"({"answer": "Paris "})", " Paris", 1, "Paris"},
                {R"({"answer": "paris"})", "Paris", 0, "paris"},
                {R"({"answer": true})", "true", 1, "true"},
                {R"({"answer": false})", "true", 0, "false"},
                {R"({"answer": "12 monkeys"})", "12 monkeys", 1, "12 monkeys"},
                {R"({"answer": "12 monkeys"})", "12 angry men", 0, "12 monkeys"},
                {R"({"answer": ""})", "", 1, ""}});
}

TEST_CASE("json_field walks its path") {
  check_judged(configured("json_field", {{"path", "a.b.1"}}),
               {{R"({"a": {"b": [1, "x"]}})", "x", 1, "x"},
                {R"({"a": {"b": [1, null]}})", "null", 0, "the field is null"},
                {R"({"a": {"b": [1, {}]}})", "{}", 0, "the field holds an object"}});
}

TEST_CASE("json_field says why there is nothing to compare") {
  const auto how = test::made(configured("json_field", {{"path", "answer"}}));
  for (std::string completion :
       {"", "8", "The answer is 8", R"({"result": 8})", R"({"answer": 8)"}) {
    CAPTURE(completion);
    const auto made = test::judged(how, completion, "8");
    CHECK(made.score == 0);
    CHECK(made.detail != "");
  }
}
