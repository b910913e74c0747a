#include "engine/evaluators/repetition.hpp"

#include "tests/support/evaluators.hpp"

using namespace retort;
using namespace retort::engine;
using test::configured;

namespace {

std::string times(std::size_t count, std::string_view text) {
  std::string out;
  while (count-- > 0) out += text;
  return out;
}

const std::string prose =
    "To find the total, take it one step at a time. First there are 5 apples in the basket, and "
    "then 3 more are put beside them. Adding the two amounts gives 5 + 3 = 8, and nothing is taken "
    "away again, so the basket holds 8 apples in the end.\n";

}  // namespace

TEST_CASE("what says each thing once or twice is no loop") {
  const std::string table =
      "| name | price | left |\n|------|-------|------|\n| a | 1 | 2 |\n| b | 1 | 2 |\n";
  const std::string code =
      "for (int i = 0; i < n; ++i) {\n    sum += i;\n}\nfor (int j = 0; j < n; ++j) {\n    sum += "
      "j;\n}\n";
  const std::string song = prose + "Row, row, row your boat\nRow, row, row your boat\n" + prose;
  for (const std::string& text :
       {std::string(), std::string("8"), prose, table, code, song, prose + prose,
        std::string("Ha ha ha ha ha! That is funny."), std::string(79, '-'),
        std::string("[0, 0, 0, 0, 0, 0, 0, 0]"), std::string("no no no no")}) {
    CAPTURE(text);
    CHECK(looping_share(text) == 0);
  }
}

TEST_CASE("loops are found wherever they are and whatever their length, and weighed") {
  CHECK(looping_share(times(40, "the answer is ")) > 0.99);
  CHECK(looping_share(prose + times(60, "I am sorry. ")) > 0.7);
  CHECK(looping_share(times(60, "I am sorry. ") + prose) > 0.7);
  CHECK(looping_share(times(4, prose)) > 0.99);
  CHECK(looping_share(times(200, "あ")) > 0.99);
  CHECK(looping_share(prose + times(60, "哈哈")) > 0.5);
  CHECK(looping_share(prose + std::string(600, '0')) > 0.6);
  CHECK(looping_share(prose + times(9, "wait, let me check that again and again, ") + "wait, le") >
        0.5);
  std::string numbered;
  for (int i = 0; i < 20; ++i) {
    numbered += std::to_string(i) + "\nThis line comes again and again.\n";
  }
  CHECK(looping_share(numbered) > 0.8);

  const double some = looping_share(prose + times(20, "and so on ") + "\n" + prose);
  CHECK(some > 0.2);
  CHECK(some < 0.4);
}

TEST_CASE("the score is what is left, and the detail says how much is not") {
  test::check_judged(
      configured("repetition"),
      {{prose, "", 1, ""}, {times(8, prose), "", 0, "100% of it goes round in circles"}});
}

TEST_CASE("a huge text is judged by its end, in linear time") {
  const std::size_t much = std::size_t{32} << 20;
  CHECK(looping_share(std::string(much, 'a')) == 1);
  CHECK(looping_share(times(much / 2, "a ") + "b") > 0.99);
  CHECK(looping_share(times(much / 4, "a\n\xff\n")) > 0.99);
}
