#include <doctest/doctest.h>

#include <string>

#include "engine/math/math_name.hpp"
#include "engine/math/math_parser.hpp"

using namespace retort::engine;

namespace {

// The value that is named, "none" without one.
std::string named(std::string_view text) {
  const auto read = read_named(parse_math(text).value());
  return read ? canonical(read->value) : "none";
}

}  // namespace

TEST_CASE("an assignment names its last exact value") {
  CHECK(named("x = 5") == "5");
  CHECK(named("x = 5 + 6 = 11") == "11");
  CHECK(named("x = 1/3 \\approx 0.33") == "1/3");
  CHECK(named("|AB| = 2") == "2");
  CHECK(named("f(x) = 2x") == canonical(parse_math("2x").value()));
  CHECK(named("\\frac{NO}{BO} = 3") == "3");
}

TEST_CASE("an equation, an inequality and a formula name nothing") {
  CHECK(named("2x + z = 1") == "none");
  CHECK(named("7 = 11a + c") == "none");
  CHECK(named("x > 5") == "none");
  CHECK(named("x + 1") == "none");
}

TEST_CASE("roots share a name") {
  CHECK(without_index("Bx_1(") == "Bx(");
  CHECK(without_index("Bx(") == "Bx(");
}
