#include <doctest/doctest.h>

#include "engine/math/math_agreement.hpp"
#include "engine/math/math_parser.hpp"

using namespace retort::engine;

namespace {

bool one_value(std::string_view one, std::string_view other) {
  math_work work;
  return have_one_value(parse_math(one).value(), parse_math(other).value(), work);
}

bool proportional(std::string_view one, std::string_view other, bool positive) {
  math_work work;
  return are_proportional(parse_math(one).value(), parse_math(other).value(), positive, work);
}

}  // namespace

TEST_CASE("decimals are exact, those of fifteen digits what floating point prints") {
  CHECK_FALSE(one_value("0.333", "\\frac{1}{3}"));
  CHECK_FALSE(one_value("0.33333333333333", "\\frac{1}{3}"));
  CHECK(one_value("0.333333333333333", "\\frac{1}{3}"));
  CHECK_FALSE(one_value("0.333333333333334", "\\frac{1}{3}"));
  CHECK(one_value("3.14159265358979", "\\pi"));
}

TEST_CASE("values that nearly agree are told apart") {
  CHECK_FALSE(one_value("e^{\\pi\\sqrt{163}}", "262537412640768744"));
  CHECK_FALSE(one_value("\\frac{1}{2004!}", "\\frac{1}{2006!}"));
  CHECK_FALSE(one_value("e^{-90}", "0"));
  CHECK_FALSE(one_value("\\pi + 10^{-45}", "\\pi"));
  CHECK(one_value("\\sin \\pi", "0"));
}

TEST_CASE("formulas agree where both are defined, at variables of either sign") {
  CHECK(one_value("\\ln x^2", "2\\ln x"));
  CHECK_FALSE(one_value("\\sqrt{x^2}", "x"));
  CHECK(one_value("x - x + 2", "2"));
  CHECK_FALSE(one_value("\\frac{1}{x-x}", "\\frac{2}{x-x}"));
  CHECK_FALSE(one_value("(-1)^n", "1"));
  CHECK(one_value("(-1)^{2n}", "1"));
}

TEST_CASE("equations are the same up to a factor, inequalities up to one above 0") {
  CHECK(proportional("x - 1", "2x - 2", true));
  CHECK_FALSE(proportional("x - 1", "1 - x", true));
  CHECK(proportional("x - 1", "1 - x", false));
  CHECK_FALSE(proportional("x(y-1)", "y-1", false));
  CHECK_FALSE(
      proportional("x - 10000000000000000000000001", "x - 10000000000000000000000000", false));
}
