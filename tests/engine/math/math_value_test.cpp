#include <doctest/doctest.h>

#include "engine/math/math_parser.hpp"
#include "engine/math/math_value.hpp"

using namespace retort::engine;

namespace {

std::optional<complex_of<real60>> value(std::string_view text, const math_point& at = {}) {
  math_work work;
  return value_of<real60>(parse_math(text).value(), at, work);
}

}  // namespace

TEST_CASE("what is not defined has no value") {
  for (const std::string_view text : {"\\frac{1}{\\pi-\\pi}", "\\ln(1-1)", "0^0", "\\infty",
                                      "\\arcsin 2", "\\tan\\frac{\\pi}{2}", "(1,2)"}) {
    CAPTURE(text);
    CHECK_FALSE(value(text));
  }
}

TEST_CASE("roots of what is negative are real, complex or nothing, as the point wants") {
  CHECK_FALSE(value("\\sqrt{-2}"));
  CHECK(value("\\sqrt{-4.0}", {.is_complex = true})->im == 2);
  CHECK(value("\\sqrt[3]{-8}")->im == 0);
}

TEST_CASE("a variable has one value at a point, its sign by the point") {
  CHECK(value("x")->re == value("x")->re);
  CHECK(value("x")->re != value("y")->re);
  CHECK(value("x", {.number = 0})->re > 0);
  CHECK(value("x", {.number = 1})->re < 0);
  CHECK(value("n", {.number = 2, .whole = true})->re ==
        round(value("n", {.number = 2, .whole = true})->re));
}

TEST_CASE("work that runs out gives nothing") {
  math_work little{3};
  CHECK_FALSE(value_of<real60>(parse_math("x+y+z+x*y*z").value(), {}, little));
}
