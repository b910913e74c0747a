#include <doctest/doctest.h>

#include "engine/math/math_parser.hpp"
#include "engine/math/math_same.hpp"

using namespace retort::engine;

namespace {

bool same(std::string_view answer, std::string_view reference) {
  math_work work;
  return are_same_math(parse_math(answer).value(), parse_math(reference).value(), work);
}

}  // namespace

TEST_CASE("a unit may be more than the reference asks for, never less where it measures") {
  CHECK(same("5\\text{ cm}", "5"));
  CHECK_FALSE(same("5", "5\\text{ cm}"));
  CHECK(same("5", "5\\text{ apples}"));
  CHECK(same("5", "5\\%"));
  CHECK_FALSE(same("5\\text{ cm}", "5\\text{ km}"));
}

TEST_CASE("names tell values apart, or their order, or nothing") {
  CHECK(same("x = 1, y = 2", "y = 2, x = 1"));
  CHECK(same("x = 1, y = 2", "(1, 2)"));
  CHECK_FALSE(same("x = 1, y = 2", "(2, 1)"));
  CHECK(same("x_1 = 2, x_2 = 1", "1, 2"));
  CHECK_FALSE(same("x = 1", "y = 1"));
}

TEST_CASE("two bare numbers are no interval, three are the coordinates of a point") {
  CHECK_FALSE(same("1, 3", "(1, 3)"));
  CHECK(same("1, 3, 5", "(1, 3, 5)"));
}

TEST_CASE("without work left nothing is the same") {
  math_work none{0};
  const auto x = parse_math("x+1").value(), y = parse_math("1+x+0y").value();
  CHECK_FALSE(are_same_math(x, y, none));
}
