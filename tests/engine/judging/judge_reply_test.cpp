#include "engine/judging/judge_reply.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace retort::engine;

TEST_CASE("a verdict is the last number of a reply, on the scale") {
  judge_rule by;
  const struct {
    const char* reply;
    std::optional<double> number;
  } table[] = {
      {"8", 8},
      {"Score: 8", 8},
      {"I weighed 3 things.\n**7.5**", 7.5},
      {"7,5", 7.5},
      {"8/10", 8},
      {"8 / 10.", 8},
      {"**8** out of 10", 8},
      {"10/10", 10},
      {"8\u204410", 8},
      {"8 Out of 10", 8},
      {"8 (out of 10)", 8},
      {"8 points out of 10", 8},
      {"$\\frac{8}{10}$", 8},
      {"3/5", {}},
      {"4 out of 5", {}},
      {"3\u22155", {}},
      {"80/100", {}},
      {"10", 10},
      {"3 errors of 9", {}},
      {"<think>2</think>9", 9},
      {"0", 0},
      {"11", {}},
      {"-1", {}},
      {"3-4", {}},
      {"Rating: 7\n\n(scale 0 to 10)", 7},
      {"7 (scale of 0-10)", 7},
      {"Score (0-10): 7", 7},
      {"On a scale from 0 to 10, I give it 7.", 7},
      {"3 (where 10 is best)", 3},
      {"3 (10 = best)", 3},
      {"3 points; max 10", 3},
      {"3, the maximum score being 10", 3},
      {"10 (10 is best)", 10},
      {"7, because step 10 is wrong", {}},
      {"Score: 7, because step 10 is wrong", 7},
      {"Score: 7. It has 3 errors.", 7},
      {"{\"score\": 7, \"confidence\": 3}", 7},
      {"10^0", {}},
      {"Score: 10^0", {}},
      {"Score: 3 to 4", {}},
      {"Style score: 3, total: 8", 8},
      {"Score: 3 + 4 = 7", 7},
      {"2 facts are right, 2 are wrong: 2", 2},
      {"2 facts are right.\n7", 7},
      {"8/10 because 2 facts are wrong", 8},
      {"Score: 8/10 because 2 facts are wrong", 8},
      {"(scale 0 to 10)", {}},
      {"It uses 300 words instead of 200. 6", 6},
      {"The answer of 42 is right, so 10.", 10},
      {"step 2 is unclear. 6", 6},
      {"Deduct 3 points: 7", 7},
      {"GPT-4 would agree. 9", 9},
      {"4 + 5 = 9. A: 9", 9},
      {"Score out of 10: 8", 8},
      {"Score (out of 10): 8", 8},
      {"Score (1-10): 8", 8},
      {"On a scale of 1 to 10: 8", 8},
      {"Maximum score: 10", 10},
      {"It deserves the maximum score of 10.", 10},
      {"gets the lowest possible score: 0", 0},
      {"10 = perfect", 10},
      {"Score: 10 = perfect", 10},
      {"I assign the maximum: 10/10", 10},
      {"Score on the 0-10 scale: 10", 10},
      {"Accuracy 8/10, clarity 9/10, overall 8.5/10", 8.5},
      {"10/10 is perfect. It has 2 typos.", 10},
      {"3 (where 10/10 is best)", 3},
      {"The maximum is 10, and it gets **8**.", 8},
      {"The maximum is 10.\nI like it: 8, as 2 facts are right", {}},
      {"Step 3 is fine and it deserves the maximum score of 10.", {}},
      {"1. It is right.\n2. It is clear.\nMaximum score: 10", {}},
      {"**7** (max 10)", 7},
      {"7\n(max 10)", 7},
      {"7, but it errs in step 3.", {}},
      {"8, not 9.", {}},
      {"8 rather than 9", {}},
      {"8 or 9", {}},
      {"Score: 3-4, and 9 for style", {}},
      {"Style score: 3, total: 8, 2 errors", {}},
      {"Step 2 is unclear.\n<b>6</b>", 6},
      {"Step 2 is unclear: <b>6</b>", 6},
      {"1,234.5", {}},
      {"Score: .5", .5},
      {"Score: -.5", {}},
      {"...5", 5},
      {"Score: \u22123", {}},
      {"Score: \u20133", {}},
      {"1\u20133", {}},
      {"1,000", {}},
      {"7,500", {}},
      {"0,500", 0.5},
      {"Score: 8 \u2192 5", {}},
      {"8 -> 5", {}},
      {"Score: ~~9~~ 4", 4},
      {"I cannot give this a 10.", {}},
      {"The answer is wrong, so it is not worth a 10.", {}},
      {"It isn't a **10**", {}},
      {"I would not give more than 5", {}},
      {"It is not correct: 3", 3},
      {"This is not what was asked. 2", 2},
      {"Score: 3\n\nSuggestions:\n1. show work\n2. check units", 3},
      {"**Score:** 3/10\n- 1) show work\n- 2) check units", 3},
      {"It has 2 errors.\n3. Acceptable", 3},
      {"Score: 3\n1. show 2 steps\n2. check the 3 units", {}},
      {"Score: 4\n1. show 2 steps\n2. check the units", {}},
      {"Score: 3\nConfidence: 9", {}},
      {"Score: 3\nIt fails in 7 places.", {}},
      {"Accuracy score: 7\nOverall, it is okay: 7.5", 7.5},
      {"Score so far: 7\nFinal answer: 8", 8},
      {"Style score: 7\n8", 8},
      {"{\"score\": 3,\n \"reason\": \"off by 7\"}", 3},
      {"```json\n{\n\"score\": 3,\n \"max_score\": 10\n}\n```", 3},
      {"{\"score\": \"3/10\", \"overall_score\": 4}", 4},
      {"{\"reason\": \"good\",\n\"points\": 4}", 4},
      {"{\"verdict\": \"Rule 3 is broken\", \"mark\": 7}", 7},
      {"{\"verdict\": \"Rule 3 is broken\", \"grade\": 7, \"of\": 9}", 7},
      {"{\"points\": 7, \"verdict\": \"meets 2 of the criteria\"}", {}},
      {"{\"grade\": \"B2 level\", \"points\": 9}", 9},
      {"{\"score\": \"7 out of 10\", \"confidence\": 3}", 7},
      {"{\"score\": -3, \"confidence\": 3}", {}},
      {"{\"score\": \"7.5\", \"confidence\": 3}", 7.5},
      {"none", {}},
      {"", {}},
      {"B12", {}},
      {"<think>8", {}},
      {"gpt4 says 6", 6},
  };
  for (const auto& row : table) {
    CAPTURE(std::string(row.reply));
    const auto read = read_verdict_in(row.reply, by);
    CHECK(read.number == row.number);
    CHECK(read.problem.empty() == row.number.has_value());
  }
}

TEST_CASE("a pattern says where the verdict stands, and nothing else is taken") {
  judge_rule by;
  by.where = pattern::compile("VERDICT: (\\S+)").value();
  CHECK(read_verdict_in("VERDICT: 4\nof 10", by).number == 4);
  CHECK(read_verdict_in("VERDICT: 4\nVERDICT: 5", by).number == 5);
  CHECK_FALSE(read_verdict_in("9", by).number);
  CHECK(read_verdict_in("9", by).problem == "the pattern matches nothing of the reply");
  CHECK(read_verdict_in("VERDICT: high", by).problem == "\"high\" is no number");
}

TEST_CASE("a thousand and less than nothing, on scales that have them") {
  judge_rule by;
  by.low = -5;
  by.high = 1000;
  CHECK(read_verdict_in("Score: 1,000", by).number == 1000);
  CHECK(read_verdict_in("850/1,000", by).number == 850);
  CHECK(read_verdict_in("Score: -3", by).number == -3);
  CHECK(read_verdict_in("Score: \u22123", by).number == -3);
  CHECK(read_verdict_in("Score: -.5", by).number == -.5);
}

TEST_CASE("a score is where a verdict stands between the ends of the scale") {
  judge_rule by;
  by.low = 1;
  by.high = 5;
  CHECK(score_on_scale(1, by) == 0);
  CHECK(score_on_scale(5, by) == 1);
  CHECK(score_on_scale(2, by) == 0.25);
  by.low = 0;
  by.high = 1;
  CHECK(score_on_scale((0.7 + 0.7 + 0.7) / 3, by) == 0.7);
}

TEST_CASE("a judge that compares chooses a letter, or neither") {
  const judge_rule by{.prompt = "", .against = "b", .high = 1};
  const struct {
    const char* reply;
    std::optional<double> number;
  } table[] = {
      {"A", 1},
      {"[[B]]", 0},
      {"Both have merits.\n\n**A**", 1},
      {"The better answer is B.", 0},
      {"<think>A</think>B", 0},
      {"[[C]]", 0.5},
      {"Tie", 0.5},
      {"They say the same.\nVerdict: tie.", 0.5},
      {"D", {}},
      {"A better answer would name both.", {}},
      {"I cannot say.", {}},
      {"", {}},
  };
  for (const auto& row : table) {
    CAPTURE(std::string(row.reply));
    const auto read = read_preference_in(row.reply, by);
    CHECK(read.number == row.number);
    CHECK(read.problem.empty() == row.number.has_value());
  }
  judge_rule marked = by;
  marked.where = pattern::compile("winner=(\\w+)").value();
  CHECK(read_preference_in("A winner=B", marked).number == 0);
  CHECK(read_preference_in("winner=tie", marked).number == 0.5);
  CHECK(read_preference_in("A", marked).problem == "the pattern matches nothing of the reply");
}

TEST_CASE("a reply of a million numbers is read soon") {
  const judge_rule by;
  for (const std::string part : {"10 ", "8/10 ", "max 10 ", "0-10 ", "Score: 7 ", "1 = "}) {
    std::string reply;
    while (reply.size() < (std::size_t{1} << 20)) reply += part;
    CAPTURE(part);
    read_verdict_in(reply, by);
    CHECK(read_verdict_in(reply + "\n7", by).number == 7);
  }
}
