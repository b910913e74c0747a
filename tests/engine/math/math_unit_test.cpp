#include <doctest/doctest.h>

#include <string>

#include "engine/math/math_unit.hpp"

using namespace retort::engine;

namespace {

std::string unit_of(std::string_view text, bool letters = false) {
  const auto read = read_unit(split_math_text(text, {}), letters);
  return read ? read->unit : "none";
}

}  // namespace

TEST_CASE("a unit is the same by all of its names") {
  CHECK(unit_of("cm^2") == unit_of("square centimeters"));
  CHECK(unit_of("\\text{ km}/\\text{h}") == unit_of("kilometers per hour"));
  CHECK(unit_of("mph") == unit_of("miles per hour"));
  CHECK(unit_of("\\mathrm{m/s^2}") == unit_of("meters/second^2"));
  CHECK(unit_of("cm") != unit_of("cm^2"));
  CHECK(unit_of("m") == "none");
  CHECK(unit_of("m", true) == unit_of("meters"));
}

TEST_CASE("only what measures must be told") {
  CHECK(lacks_freely(unit_of("apples")));
  CHECK(lacks_freely(unit_of("\\$")));
  CHECK(lacks_freely(unit_of("percent")));
  CHECK_FALSE(lacks_freely(unit_of("cm")));
  CHECK(are_same_units(unit_of("apples"), unit_of("eggs")));
  CHECK_FALSE(are_same_units(unit_of("dollars"), unit_of("cents")));
}
