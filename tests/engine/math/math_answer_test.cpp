#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "engine/math/math_answer.hpp"

using namespace retort::engine;
using answers = std::vector<std::string>;

namespace {

std::string first_answer(std::string_view text) {
  const auto found = final_answers(text);
  return found.empty() ? "" : found.front();
}

}  // namespace

TEST_CASE("the last box is the answer, with those that only words like and part from it") {
  CHECK(final_answers("\\boxed{1}. No: \\boxed{2}.") == answers{"2"});
  CHECK(final_answers("\\boxed{1} and \\boxed{2}") == answers{"1 and 2"});
  CHECK(final_answers("$\\boxed{1}$, $\\boxed{2}$ or $\\boxed{3}$") == answers{"1, 2 or 3"});
  CHECK(final_answers("\\boxed{1} is not right, so \\boxed{2}") == answers{"2"});
  CHECK(final_answers("\\boxed{\\frac{1}{2}}") == answers{"\\frac{1}{2}"});
}

TEST_CASE("a box that is part of something else, or was cut off, is no answer") {
  CHECK(final_answers("10 - \\boxed{5}").empty());
  for (const std::string_view text : {"\\boxed{5}^2",
                                      "2\\boxed{5}",
                                      "\\frac{\\boxed{5}}{2}",
                                      "\\sqrt{\\boxed{5}}",
                                      "\\boxed{5}\\pi",
                                      "\\boxed{5}x",
                                      "\\boxed{5}-1",
                                      "\\boxed{5} - 1",
                                      "\\boxed{5} + 1",
                                      "$x \\neq \\boxed{5}$",
                                      "$x > \\boxed{5}$",
                                      "x ≥ \\boxed{5}",
                                      "$x^{\\boxed{5}}$",
                                      "$2^{\\boxed{5}}$",
                                      "$\\log \\boxed{5}$",
                                      "$\\sin(\\boxed{5})$",
                                      "$-5 \\le x \\le \\boxed{5}$",
                                      "$x = \\sqrt{3}\\boxed{5}$",
                                      "$x = 2 \\boxed{5}$",
                                      "$x \\boxed{5}$",
                                      "$\\boxed{5}_8$",
                                      "$\\boxed{5} < x$",
                                      "$\\boxed{5}\\le x$",
                                      "$\\boxed{5}, -5$",
                                      "\\boxed{5}, 6",
                                      "$\\boxed{5}i$",
                                      "$\\boxed{5} \\times 10^6$",
                                      "\\boxed{5} million",
                                      "$\\boxed{5}$ million",
                                      "$\\boxed{5}\\text{ million}$",
                                      "\\boxed{5} dozen",
                                      "not \\boxed{5}",
                                      "\\boxed{6}. (Not \\boxed{5}.)",
                                      "minus \\boxed{5}",
                                      "10 − \\boxed{5}",
                                      "$\\boxed{5}...$",
                                      "$|\\boxed{5}|$"}) {
    CAPTURE(text);
    CHECK(final_answers(text).empty());
  }
  CHECK(final_answers("\\boxed{3}, so \\boxed{5").empty());
  for (const std::string_view text :
       {"x = -\\boxed{5}", "$-\\boxed{5}$", "− \\boxed{5}", "It is negative \\boxed{5}."}) {
    CAPTURE(text);
    CHECK(final_answers(text) == answers{"-(5)"});
  }
  CHECK(final_answers("$x = \\pm\\boxed{5}$") == answers{"\\pm(5)"});
  CHECK(final_answers("\\boxed{5} or 6") == answers{"5 or 6"});
  CHECK(final_answers("either \\boxed{5} or -5.") == answers{"5 or -5"});
  CHECK(final_answers("$x=\\boxed{5}$ or $x=-5$") == answers{"5 or -5"});
}

TEST_CASE("what leads to a box, sets its type or goes on in words changes nothing") {
  for (const std::string_view text : {"$x = \\boxed{5}$",
                                      "$x \\approx \\boxed{5}$",
                                      "Hence 3 + 2 is \\boxed{5}.",
                                      "$\\text{so } \\boxed{5}$",
                                      "$x = 10/2 \\implies \\boxed{5}$",
                                      "$\\therefore \\boxed{5}$",
                                      "$\\textbf{\\boxed{5}}$",
                                      "$$\n\\boxed{5}\n$$",
                                      "\\[ \\boxed{5} \\]",
                                      "\\( \\boxed{5} \\)",
                                      "> \\boxed{5}",
                                      "=> \\boxed{5}",
                                      "**Answer:** \\boxed{5}",
                                      "**\\boxed{5}**",
                                      "<b>\\boxed{5}</b>",
                                      "| x | \\boxed{5} |",
                                      "$x = {\\boxed{5}}$",
                                      "\\begin{align} x &= 2+3 \\\\ &= \\boxed{5} \\end{align}",
                                      "$x \\equiv \\boxed{5} \\pmod{7}$",
                                      "The answer is $2$ times $2.5$, or $\\boxed{5}$.",
                                      "Step 2: \\boxed{5}",
                                      "$\\boxed{5}$, 3 more than before",
                                      "$\\boxed{5}. \\quad \\blacksquare$",
                                      "\\boxed{5}<|im_end|>",
                                      "$(\\boxed{5})$",
                                      "\\boxed{5} or so",
                                      "We need at least $3$. \\boxed{5}",
                                      "f(x) = 7, so\n\n\\boxed{5}",
                                      "A costs \\$5, so \\boxed{5}",
                                      "$\\color{red}\\boxed{5}$",
                                      "$x = 5 \\\\[2pt] \\boxed{5}$",
                                      "$\\boxed{5} = x$",
                                      "\\boxed{5} - a good one"}) {
    CAPTURE(text);
    CHECK(first_answer(text) == "5");
  }
}

TEST_CASE(
    "amounts of money without end before a box, and a line without end behind it, are soon read") {
  std::string text;
  for (int i = 0; i < 20'000; ++i) text += "$1 ";
  text += "so \\boxed{5} is left ";
  for (int i = 0; i < 4'000'000; ++i) text += "so ";
  CHECK(first_answer(text) == "5");
}

TEST_CASE("a unit behind a box belongs to it") {
  CHECK(first_answer("\\boxed{5} cm") == "5 cm");
  CHECK(first_answer("$\\boxed{5}\\%$") == "5 \\%");
  CHECK(first_answer("\\boxed{5} in all") == "5");
}

TEST_CASE("without a box it stands behind what announces it") {
  CHECK(first_answer("Step 1 is 3.\nThe answer is $x+1$.\nAsk me more!") == "x+1");
  CHECK(first_answer("#### 42") == "42");
  CHECK(first_answer("**Answer:** 5") == "5");
  CHECK(first_answer("The final answer is $(7, 6)$. I hope it is correct.") == "(7, 6)");
  CHECK(first_answer("first \\boxed{3}. The final answer is $4$.") == "4");
}

TEST_CASE("else it is in the last line that shows any") {
  CHECK(first_answer("We get 7.\nHence $x = 5$.\nThank you!") == "x = 5");
  CHECK(first_answer("so\n\\[\n 9\n\\]\n") == "9");
  CHECK(final_answers("").empty());
}

TEST_CASE("a reference is its whole text, or formulas and nothing else") {
  CHECK(reference_answers("x = 5") == answers{"x = 5"});
  CHECK(reference_answers("$1$ and $2$") == answers{"1 and 2"});
  CHECK(reference_answers("$5$ is one of many").empty());
  CHECK(reference_answers("long\n#### 5").front() == "5");
}
