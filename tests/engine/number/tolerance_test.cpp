#include "engine/number/tolerance.hpp"

#include <doctest/doctest.h>

using retort::engine::parse_tolerance;

TEST_CASE("a tolerance is a number, or a share of the reference") {
  CHECK(parse_tolerance("0.01")->size.to_string() == "1/100");
  CHECK_FALSE(parse_tolerance("0.01")->relative);
  CHECK(parse_tolerance("1e-6")->size.to_string() == "1/1000000");
  CHECK(parse_tolerance("0")->size.to_string() == "0");
  CHECK(parse_tolerance("1%")->size.to_string() == "1");
  CHECK(parse_tolerance(" 0.5 % ")->relative);
}

TEST_CASE("anything else is none") {
  for (const char* text :
       {"", "%", "-1", "-1%", "much", "1,5", "1%%", "1 km", "1e", "1/2", "0x1"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_tolerance(text));
  }
}
