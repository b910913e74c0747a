#include "engine/number/number_context.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace retort::engine;

namespace {

// The last number of a line as it stands there: "-3", or "" where it is part of something else.
std::string standing(std::string_view line) {
  std::string room;
  std::vector<number_token> tokens;
  split_number_text(plain_number_text(line, room), decimal_sign::point, tokens);
  std::size_t last = tokens.size();
  while (last > 0 && !has_digits(tokens[last - 1])) --last;
  REQUIRE(last > 0);
  number_term term = number_term_reader(tokens).read(last - 1, false);
  if (number_context(tokens).is_changed(term)) return "";
  return (term.literal.negative ? "-" : "") + std::string(term.literal.numerator.whole);
}

}  // namespace

TEST_CASE("signs and brackets belong to the number that they are alone with") {
  CHECK(standing("it is 3.") == "3");
  CHECK(standing("x = -3") == "-3");
  CHECK(standing("x = -$3") == "-3");
  CHECK(standing("x = $-3") == "-3");
  CHECK(standing("(-3)") == "-3");
  CHECK(standing("((3))") == "3");
  CHECK(standing("negative 3") == "-3");
  CHECK(standing("x: **3**") == "3");
}

TEST_CASE("an operand, an argument and a bound are part of something else") {
  for (const std::string line : {"5 - 3",
                                 "x -3",
                                 "-(3)",
                                 "- **x** - 3",
                                 "f(3)",
                                 "2(3)",
                                 "\\sqrt 3",
                                 "log 3",
                                 "x > 3",
                                 "3 < x",
                                 "±3",
                                 "3x",
                                 "3!",
                                 "3 squared",
                                 "3-squared",
                                 "square of 3",
                                 "20% of 3",
                                 "20% of the 3",
                                 "7 out of 3",
                                 "5 x 3",
                                 "5 3",
                                 "0.(3)",
                                 "5 .. 3",
                                 "12:3",
                                 "3 and one-half",
                                 "|-3|",
                                 "((((((((3))))))))"}) {
    CAPTURE(line);
    CHECK(standing(line) == "");
  }
}
