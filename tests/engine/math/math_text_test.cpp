#include <doctest/doctest.h>

#include "engine/math/math_text.hpp"

using namespace retort::engine;

TEST_CASE("Unicode becomes what TeX writes") {
  CHECK(plain_math_text("√2 ≤ x²") == "\\sqrt 2 \\le  x^{2}");
  CHECK(plain_math_text("½π") == "\\frac{1}{2}\\pi ");
  CHECK(plain_math_text("−5\u00a0€") == "-5 \\euro ");
  CHECK(plain_math_text("José") == "José");
  CHECK(plain_math_text("☃") == std::string(1, '\0') + "☃");  // nothing reads it
}

TEST_CASE("what wraps a formula is gone, what belongs to it stays") {
  CHECK(without_wrapping(" **$x$.** ") == "x");
  CHECK(without_wrapping("\\[ 5 \\]") == "5");
  CHECK(without_wrapping("$1$ and $2$") == "$1$ and $2$");
  CHECK(without_wrapping("0.5.") == "0.5");
}

TEST_CASE("words are compared without case and what is around them") {
  CHECK(folded_words("  **Yes.**  ") == "yes");
  CHECK(folded_words("No\n Solution!") == "no solution");
}
