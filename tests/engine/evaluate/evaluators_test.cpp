#include "engine/evaluate/evaluators.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace retort::engine;
using retort::errc;
using kind = decltype(evaluator_config::kind);

namespace {

struct judged {
  std::string completion;
  std::string reference;
  double score;
  std::string detail;
};

void check(const evaluator_config& config, const std::string& name,
           const std::vector<judged>& table) {
  const auto how = evaluator::make(config).value();
  for (const auto& row : table) {
    CAPTURE(row.completion);
    CAPTURE(row.reference);
    const auto made = how.evaluate(row.completion, row.reference);
    CHECK(made.name == name);
    CHECK(made.score == row.score);
    CHECK(made.detail == row.detail);
  }
}

evaluator_config exact() { return {kind::exact, std::nullopt, ""}; }
evaluator_config numeric() { return {kind::numeric, std::nullopt, ""}; }
evaluator_config numeric(std::string pattern) { return {kind::numeric, std::move(pattern), ""}; }
evaluator_config json_field(std::string path) {
  return {kind::json_field, std::nullopt, std::move(path)};
}

}  // namespace

TEST_CASE("exact compares the trimmed texts") {
  check(exact(), "exact",
        {{"Paris", "Paris", 1, "Paris"},
         {" Paris\n", "\tParis ", 1, "Paris"},
         {"paris", "Paris", 0, "paris"},
         {"Paris.", "Paris", 0, "Paris."},
         {"8.0", "8", 0, "8.0"},
         {"", "", 1, ""},
         {"a\nb", "a\nb", 1, "a b"},
         {std::string(100, 'x'), std::string(100, 'x'), 1, std::string(80, 'x') + "…"}});
}

TEST_CASE("numeric compares the completion's last number") {
  check(numeric(), "numeric",
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
  check(numeric("A: (.*)"), "numeric",
        {{"A: 18", "18", 1, "18"},
         {"A: 17\nno,\nA: 18 dollars", "18", 1, "18"},
         {"A: 18\nThat took 3 steps.", "18", 1, "18"},
         {"A: \\boxed{18}", "18", 1, "18"},
         {"A: 17", "18", 0, "17"},
         {"18", "18", 0, "pattern \"A: (.*)\" matches nothing"},
         {"A: eighteen", "18", 0, "\"eighteen\" is not one number"},
         {"A: 17 or 18", "18", 0, "\"17 or 18\" is not one number"},
         {"A: ", "18", 0, "\"\" is not one number"}});
  check(numeric("\\d+ eggs"), "numeric", {{"3 ducks, 18 eggs", "18", 1, "18"}});
}

TEST_CASE("numeric forgives what its tolerance says, of the reference or in all") {
  evaluator_config config = numeric();
  config.tolerance = "0.01";
  check(config, "numeric",
        {{"3.15", "3.14", 1, "63/20"},
         {"3.13", "3.14", 1, "313/100"},
         {"3.151", "3.14", 0, "3151/1000"}});
  config.tolerance = "1%";
  check(config, "numeric",
        {{"99", "100", 1, "99"}, {"98.9", "100", 0, "989/10"}, {"99 km", "100 cm", 0, "99"}});
  config.tolerance = "much";
  CHECK(evaluator::make(config).has_error());
}

TEST_CASE("numeric reads decimal commas where it is told to") {
  evaluator_config config = numeric();
  check(config, "numeric",
        {{"Es sind 3,5.", "3.5", 0, "the last number is part of something else"}});
  config.decimal = decimal_sign::comma;
  check(config, "numeric", {{"Es sind 3,5.", "3.5", 1, "7/2"}, {"1.234,5", "1234,5", 1, "2469/2"}});
}

TEST_CASE("a reference that is no number makes nothing correct") {
  check(numeric(), "numeric",
        {{"18", "", 0, "reference \"\" is not one number"},
         {"18", "eighteen", 0, "reference \"eighteen\" is not one number"},
         {"18", "9 * 2 = 18", 0, "reference \"9 * 2 = 18\" is not one number"},
         {"none", "none", 0, "reference \"none\" is not one number"}});
}

TEST_CASE("json_field compares numbers as numbers") {
  check(json_field("answer"), "json_field",
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
         {R"({"answer": 123456789012345678901234567890})", "123456789012345678901234567890", 1,
          "123456789012345678901234567890"}});
}

TEST_CASE("json_field compares the rest as trimmed text") {
  check(json_field("answer"), "json_field",
        {{R"({"answer": "Paris "})", " Paris", 1, "Paris"},
         {R"({"answer": "paris"})", "Paris", 0, "paris"},
         {R"({"answer": true})", "true", 1, "true"},
         {R"({"answer": false})", "true", 0, "false"},
         {R"({"answer": "12 monkeys"})", "12 monkeys", 1, "12 monkeys"},
         {R"({"answer": "12 monkeys"})", "12 angry men", 0, "12 monkeys"},
         {R"({"answer": ""})", "", 1, ""}});
}

TEST_CASE("json_field walks its path") {
  check(json_field("a.b.1"), "json_field",
        {{R"({"a": {"b": [1, "x"]}})", "x", 1, "x"},
         {R"({"a": {"b": [1, null]}})", "null", 0, "the field is null"},
         {R"({"a": {"b": [1, {}]}})", "{}", 0, "the field holds an object"}});
}

TEST_CASE("json_field says why there is nothing to compare") {
  const auto how = evaluator::make(json_field("answer")).value();
  for (std::string completion :
       {"", "8", "The answer is 8", R"({"result": 8})", R"({"answer": 8)"}) {
    CAPTURE(completion);
    const auto made = how.evaluate(completion, "8");
    CHECK(made.score == 0);
    CHECK(made.detail != "");
  }
}

TEST_CASE("a pattern that does not compile is a usage error that names it") {
  const auto bad = evaluator::make(numeric("A: ("));
  REQUIRE(bad.has_error());
  CHECK(bad.error().code == errc::usage);
  CHECK(bad.error().message == "pattern \"A: (\": missing ): A: (");
}

TEST_CASE("the first evaluation decides, and only with its full score") {
  using list = std::vector<evaluation>;
  CHECK(is_correct(list{{"numeric", 1, ""}}));
  CHECK(is_correct(list{{"numeric", 1, ""}, {"exact", 0, ""}}));
  CHECK_FALSE(is_correct(list{}));
  CHECK_FALSE(is_correct(list{{"numeric", 0, ""}, {"exact", 1, ""}}));
  CHECK_FALSE(is_correct(list{{"length", 0.51, ""}}));
  CHECK_FALSE(is_correct(list{{"length", 0.999, ""}}));
}
