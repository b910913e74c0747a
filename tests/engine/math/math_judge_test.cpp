#include <doctest/doctest.h>

#include <string>
#include <utility>

#include "engine/math/math_judge.hpp"

using namespace retort::engine;
using outcome = math_judgement::outcome;

TEST_CASE(
    "of a reference that is no mathematics nothing is said, unless the answer is its very text") {
  const std::string prose = "It depends on how the two of them see it";
  CHECK(judge_math("5", prose).what == outcome::unreadable);
  CHECK(judge_math("5", prose).detail ==
        "reference \"It depends on how the two of them see it\" is no mathematics");
  CHECK(judge_math(prose + ".", prose).what == outcome::same);
  CHECK(judge_math("5", "").what == outcome::unreadable);
  CHECK(judge_math("\\int f", "\\int f").what == outcome::same);
  CHECK(judge_math("\\int g", "\\int f").what == outcome::unreadable);
}

TEST_CASE("the detail is the answer that was found, or why there is none") {
  CHECK(judge_math("So it is \\boxed{\\frac{1}{2}}.", "1").detail == "\\frac{1}{2}");
  CHECK(judge_math("", "5").detail == "no answer");
  CHECK(judge_math("The answer is \\boxed{5", "5").detail == "no answer");
  CHECK(judge_math("\\boxed{\\frac{1}{}}", "5").detail == "\"\\frac{1}{}\" cannot be read");
}

TEST_CASE("what cannot be read is still the same as its own text") {
  CHECK(judge_math("\\boxed{\\lim f}", "$\\lim  f$").what == outcome::same);
}

TEST_CASE("blanks that part nothing do not count in what cannot be read, those that part do") {
  CHECK(judge_math("\\boxed{\\lim(x+1)}", "\\lim (x + 1)").what == outcome::same);
  CHECK(judge_math("\\boxed{\\lim f(x, y)}", "\\lim f(x,y)").what == outcome::same);
  CHECK(judge_math("\\boxed{\\lim\\sin2x}", "\\lim \\sin 2x").what == outcome::same);
  for (const auto& [one, other] :
       {std::pair("\\lim 12", "\\lim 1 2"), std::pair("\\lim 1,234", "\\lim 1, 234"),
        std::pair("\\lim 1.5", "\\lim 1 .5"), std::pair("\\lim 1.5", "\\lim 1. 5"),
        std::pair("♠", "♥"), std::pair("12", "1 2"), std::pair("12", "1\u00a02"),
        std::pair("1/23", "1/2 3"), std::pair("\\frac{11}{2}", "\\frac{1 1}{2}"),
        std::pair("(1, 23)", "(1,2 3)")}) {
    CAPTURE(one);
    CAPTURE(other);
    CHECK(judge_math(one, other).what != outcome::same);
    CHECK(judge_math(other, one).what != outcome::same);
    CHECK_FALSE(are_same_answers(one, other));
    CHECK(judge_math(other, other).what == outcome::same);
  }
  CHECK_FALSE(are_same_answers("11/2", "1 1/2"));
}

TEST_CASE("a blank behind a comma parts only what could be thousands") {
  for (const auto& [one, other] :
       {std::pair("n = 0, 1, 2, \\ldots", "n=0,1,2,\\ldots"),
        std::pair("1, 2, 3, ...", "1,2,3,..."),
        std::pair("\\{1, 2, \\ldots, n\\}", "\\{1,2,\\ldots,n\\}"),
        std::pair("k = 1, 2, \\dots, n", "k=1,2,\\dots,n"),
        std::pair("\\{x\\in\\mathbb{R} : x \\neq 1, 2\\}", "\\{x\\in\\mathbb{R}:x\\neq1,2\\}")}) {
    CAPTURE(one);
    CHECK(judge_math(one, other).what == outcome::same);
    CHECK(judge_math(other, one).what == outcome::same);
    CHECK(are_same_answers(one, other));
  }
  CHECK_FALSE(are_same_answers("\\lim 1 ,234", "\\lim 1,234"));
  CHECK_FALSE(are_same_answers("\\lim 1,  234", "\\lim 1,234"));
}

TEST_CASE("the same letters and indices are the same in another font, but digits do not run on") {
  CHECK(are_same_answers("\\lim \\text{f_1}", "\\lim f_1"));
  for (const auto& [one, other] :
       {std::pair("\\mathrm{x_1}2", "x_12"), std::pair("\\mathrm{2^1}0", "2^{10}"),
        std::pair("\\mathrm{2^1}0", "2^10"), std::pair("1\\text{ }1/2", "11/2"),
        std::pair("\\sin\\text{h}", "\\sinh"), std::pair("\\mathrm{\\al}pha", "\\alpha"),
        std::pair("1e 5", "1e5"), std::pair("1 e5", "1e5"), std::pair("\\mathrm{Co_2}", "CO_2")}) {
    CAPTURE(one);
    CHECK_FALSE(are_same_answers(one, other));
    CHECK_FALSE(are_same_answers(other, one));
  }
}

TEST_CASE("whatever a model writes has an answer soon, and is never the same as what it is not") {
  const std::size_t million = 1 << 20;
  for (const std::string part :
       {"{",          "}",   "(",  "\\boxed{",     "\\frac", "$",       "\\",   "^",   "|",
        "1",          "x",   " ",  "\n",           ". ",     "$x$. ",   "\\[ ", "$$ ", "\\(x\\) ",
        "answer is ", "is ", "= ", "\\boxed{1}, ", "1,",     "\\text{", "é"}) {
    std::string text;
    while (text.size() < million) text += part;
    CAPTURE(part);
    CHECK(judge_math(text, "5").what == outcome::different);
    CHECK(judge_math("5", text).what != outcome::same);
  }
}

TEST_CASE("no tower of powers and no sum is worked out for long") {
  for (const std::string huge :
       {"9^{9^{9^{9}}}", "((((9!)!)!)!)!", "\\binom{10000000}{5000000}", "e^{e^{e^{e^{e}}}}",
        "\\sum_{k=1}^{200}\\sum_{j=1}^{200}\\sum_{m=1}^{200} \\sin(kjm)", "(x+1)^{99999}",
        "2^{-99999999}", "\\sin(10^{1000})", "\\tan\\frac{\\pi}{2}", "0^0", "\\frac{1}{0}"}) {
    CAPTURE(huge);
    CHECK(judge_math(huge, huge).what == outcome::same);
    CHECK(judge_math(huge, huge + " + 1").what == outcome::different);
    CHECK(judge_math("5", huge).what == outcome::different);
  }
}
