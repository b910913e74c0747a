#include <doctest/doctest.h>

#include <string>

#include "engine/math/math_parser.hpp"

using namespace retort::engine;
using kind = math_node::kind;

namespace {

// "none" where it is no formula.
std::string canonical_of(std::string_view text, const math_reading& reading = {}) {
  const auto made = parse_math(text, reading);
  return made ? canonical(*made) : "none";
}

kind kind_of(std::string_view text) {
  const auto made = parse_math(text);
  REQUIRE(made);
  return made->what;
}

}  // namespace

TEST_CASE("what is rational is one number at once") {
  CHECK(canonical_of("\\frac{1}{2} + 1/3") == "5/6");
  CHECK(canonical_of("-2^2") == "-4");
  CHECK(canonical_of("2^{-3}") == "1/8");
  CHECK(canonical_of("\\frac34 \\cdot 4") == "3");
  CHECK(canonical_of("4 4/9") == "40/9");
  CHECK(canonical_of("1\\frac{1}{2}") == "3/2");
  CHECK(canonical_of("\\sqrt{16}") == "4");
  CHECK(canonical_of("5!") == "120");
}

TEST_CASE("powers bind before factors, factors before terms, to the left") {
  CHECK(canonical_of("2+3*4^2") == "50");
  CHECK(canonical_of("8/4/2") == "1");
  CHECK(canonical_of("2^3^2") == "512");
  CHECK(canonical_of("2(3)(4)") == "24");
  CHECK(canonical_of("10-3-2") == "5");
}

TEST_CASE("a comma joins digits, or parts them, as one reads it") {
  CHECK(canonical_of("1,234") == "1234");
  CHECK(canonical_of("1,234", {.commas = {.groups = false}}) == canonical_of("1, 234"));
  CHECK(kind_of("(1,234)") == kind::tuple);
  CHECK(canonical_of("2,75", {.commas = {.groups = false, .is_decimal = true}}) == "11/4");
}

TEST_CASE("each form has its kind") {
  CHECK(kind_of("x = 5") == kind::relation);
  CHECK(kind_of("1 < x \\le 3") == kind::relation);
  CHECK(kind_of("(1, 2]") == kind::tuple);
  CHECK(kind_of("\\{1, 2\\}") == kind::set);
  CHECK(kind_of("1, 2 and 3") == kind::list);
  CHECK(kind_of("[0,1) \\cup (2,3)") == kind::join);
  CHECK(kind_of("\\begin{pmatrix} 1 & 2 \\\\ 3 & 4 \\end{pmatrix}") == kind::matrix);
  CHECK(kind_of("\\pm 3") == kind::plus_minus);
  CHECK(kind_of("5\\text{ cm}") == kind::quantity);
  CHECK(kind_of("5\\%") == kind::percent);
  CHECK(kind_of("90^\\circ") == kind::degree);
  CHECK(kind_of("3:4") == kind::ratio);
  CHECK(kind_of("204_5") == kind::based);
  CHECK(kind_of("\\text{yes}") == kind::text);
  CHECK(kind_of("no solution") == kind::set);
}

TEST_CASE("what is no formula is nothing") {
  for (const std::string_view text :
       {"", "1 +", "(1", "1)", "\\frac{1}", "x ^", "{", "\\sqrt[", "5 and", "()", "1 1/1", "4 7/6",
        "\\begin{pmatrix} 1 & 2 \\\\ 3 \\end{pmatrix}", "\\int_0^1 x", "3 5", "5_1"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_math(text));
  }
}

TEST_CASE("depth and length have an end") {
  CHECK(parse_math(std::string(10, '(') + "1" + std::string(10, ')')));
  CHECK_FALSE(parse_math(std::string(1000, '(') + "1" + std::string(1000, ')')));
  std::string sum = "1";
  for (int i = 0; i < 2000; ++i) sum += "+1";
  CHECK_FALSE(parse_math(sum));
}
