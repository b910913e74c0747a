#include "engine/number/number_markup.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace retort::engine;

namespace {

std::string power(std::string_view in) {
  REQUIRE(starts_power(in));
  const std::string taken(take_power(in));
  return taken + '|' + std::string(in);
}

std::string behind_subscript(std::string_view in) {
  take_subscript(in);
  return std::string(in);
}

std::string argument(std::string_view in) {
  const auto taken = take_argument(in, decimal_sign::point);
  const std::string sign = taken && taken->negative ? "-" : "";
  return (taken ? sign + std::string(taken->whole) : "none") + '|' + std::string(in);
}

}  // namespace

TEST_CASE("a power is what stands behind its sign, without what brackets it") {
  CHECK(power("^2 x") == "2| x");
  CHECK(power("^2x") == "2x|");
  CHECK(power("^ 6 m") == "6| m");
  CHECK(power("^{-3}x") == "-3|x");
  CHECK(power("^{{th}} ") == "th| ");
  CHECK(power("**10 ") == "10| ");
  CHECK(power("^(-3) ") == "-3| ");
  CHECK(power("^(n+1)x") == "n+1|x");
  CHECK(power("^(n + 1") == "(|n + 1");
  CHECK(power("^{2") == "|");
  CHECK_FALSE(starts_power("** bold"));
  CHECK_FALSE(starts_power("*2"));
}

TEST_CASE("subscripts are passed over") {
  CHECK(behind_subscript("_{12}x") == "x");
  CHECK(behind_subscript("_12 x") == " x");
  CHECK(behind_subscript("_ x") == "_ x");
  CHECK(behind_subscript("x_1") == "x_1");
}

TEST_CASE("the argument of a fraction is a digit or a decimal in braces") {
  CHECK(argument("12") == "1|2");
  CHECK(argument(" {12}3") == "12|3");
  CHECK(argument("{-1,000}") == "-1,000|");
  CHECK(argument("{x}2") == "none|2");
  CHECK(argument("{1+1}") == "none|");
  CHECK(argument("x2") == "none|2");
  CHECK(argument("") == "none|");
}
