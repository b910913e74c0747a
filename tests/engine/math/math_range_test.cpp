#include <doctest/doctest.h>

#include "engine/math/math_parser.hpp"
#include "engine/math/math_range.hpp"

using namespace retort::engine;

namespace {

bool same_range(std::string_view one, std::string_view other) {
  math_work work;
  return are_same_ranges(parse_math(one).value(), parse_math(other).value(), work);
}

}  // namespace

TEST_CASE("inequalities are the intervals that they describe") {
  CHECK(same_range("x^2 - 5x + 6 > 0", "(-\\infty,2)\\cup(3,\\infty)"));
  CHECK(same_range("a < x < b", "(a, b)") == false);  // a may be above b
  CHECK(same_range("x < a + 1", "(-\\infty, 1 + a)"));
  CHECK(same_range("\\frac{x-1}{x+2} > 0", "(-\\infty,-2)\\cup(1,\\infty)"));
  CHECK(same_range("x \\ne 2", "\\mathbb{R} \\setminus \\{2\\}"));
}

TEST_CASE("an end that is in one and not in the other counts") {
  CHECK_FALSE(same_range("x^2 \\le 4", "(-2,2)"));
  CHECK_FALSE(same_range("(0,1)\\cup(1,2)", "(0,2)"));
  CHECK(same_range("(0,1]\\cup(1,2)", "(0,2)"));
}

TEST_CASE("two inequalities of which nobody knows the ends are not compared") {
  CHECK_FALSE(same_range("x^3 > 8", "x^5 > 32"));
  CHECK(same_range("x^3 > 8", "(2,\\infty)"));
}

TEST_CASE("ranges of different variables are not the same") {
  CHECK_FALSE(same_range("x > 1", "y > 1"));
}
