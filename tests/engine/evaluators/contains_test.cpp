#include "engine/evaluators/contains.hpp"

#include "tests/support/evaluators.hpp"

using namespace retort;
using namespace retort::engine;
using test::check_judged;
using test::configured;

TEST_CASE("contains finds the reference as words of its own, thinking aside") {
  check_judged(configured("contains"),
               {{"It is Paris.", "Paris", 1, ""},
                {"It is Paris.", " Paris\n", 1, ""},
                {"Paris", "Paris", 1, ""},
                {"15, then 5.", "5", 1, ""},
                {"5", "5", 1, ""},
                {"x=5;", "5", 1, ""},
                {"答案是Paris。", "Paris", 1, ""},
                {"C++ it is", "C++", 1, ""},
                {"(a+b)", "a+b", 1, ""},
                {"It is paris.", "Paris", 0, "\"Paris\" is not in it"},
                {"Parisian", "Paris", 0, "\"Paris\" is not in it"},
                {"concatenate", "cat", 0, "\"cat\" is not in it"},
                {"étage", "tage", 0, "\"tage\" is not in it"},
                {"tageé", "tage", 0, "\"tage\" is not in it"},
                {"15", "5", 0, "\"5\" is not in it"},
                {"5.2", "5", 0, "\"5\" is not in it"},
                {"2.5", "5", 0, "\"5\" is not in it"},
                {"-5", "5", 0, "\"5\" is not in it"},
                {"It is −5.", "5", 0, "\"5\" is not in it"},
                {"5 000", "5", 0, "\"5\" is not in it"},
                {"1 234", "234", 0, "\"234\" is not in it"},
                {"-5", "-5", 1, ""},
                {"GPT-5", "5", 1, ""},
                {"In 2020 500 came.", "500", 1, ""},
                {"5 apples", "5", 1, ""},
                {"5,000", "5", 0, "\"5\" is not in it"},
                {"<think>Paris</think>Rome", "Paris", 0, "\"Paris\" is not in it"},
                {"", "Paris", 0, "\"Paris\" is not in it"},
                {"\xff\xfe\x80", "Paris", 0, "\"Paris\" is not in it"},
                {"\x80"
                 "Paris",
                 "Paris", 1, ""},
                {"tiếng Việt", "ng", 0, "\"ng\" is not in it"},
                {"đến", "n", 0, "\"n\" is not in it"},
                {"tiếng Việt", "tiếng", 1, ""},
                {"水Paris水", "Paris", 1, ""},
                {"anything", " ", {}, "the reference is empty"}});
  CHECK_FALSE(
      test::judged(test::made(configured("contains")), "x", std::nullopt).score.has_value());
}

TEST_CASE("contains looks for all of its texts, or for any, in whatever case it is told") {
  evaluator_config config = configured("contains", {{"ignore_case", "true"}});
  config.keys["text"] = {"École", "b"};
  CHECK_FALSE(test::made(config).needs_reference);
  check_judged(config, {{"ÉCOLE B", "", 1, ""}, {"école", "", 0.5, "\"b\" is not in it"}});
  config.keys["any"] = {"x", "y"};
  CHECK(make_evaluator(config, evaluator_kinds()).error().message ==
        "any cannot stand beside text");
  config.keys.erase("text");
  check_judged(config, {{"Y", "", 1, ""}, {"z", "", 0, "\"x\" is not in it"}});
}

TEST_CASE("contains is linear in what a hostile model writes") {
  const std::string much(std::size_t{32} << 20, 'a');
  check_judged(configured("contains"), {{much + " aa", "aa", 1, ""}});
}
