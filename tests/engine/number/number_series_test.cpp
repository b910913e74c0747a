#include "engine/number/number_series.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace retort::engine;

namespace {

// The second number of a line goes on where the first ended.
bool goes_on(std::string_view line) {
  std::string room;
  std::vector<number_token> tokens;
  split_number_text(plain_number_text(line, room), decimal_sign::point, tokens);
  const number_term_reader terms{tokens};
  std::vector<number_term> found;
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    if (!has_digits(tokens[i])) continue;
    found.push_back(terms.read(i, false));
    i = found.back().end - 1;
  }
  REQUIRE(found.size() == 2);
  return number_series(tokens).goes_on(found[0], found[1]);
}

}  // namespace

TEST_CASE("the parts of an amount are no number each") {
  for (const std::string line :
       {"5 feet 10 inches", "3 dollars and 50 cents", "5 hours, 30 minutes", "4 thousand 500",
        "4 million, 500 thousand", "4 hundred and 5"}) {
    CAPTURE(line);
    CHECK(goes_on(line));
  }
  CHECK_FALSE(goes_on("5 feet in 10 seconds"));
  CHECK_FALSE(goes_on("5 feet long, 10 inches wide"));
}

TEST_CASE("of several numbers none is the one that a line says") {
  for (const std::string line :
       {"3 to 5", "3 cm to 5 cm", "3 or 5", "x = 3 or x = 5", "x = -3 or 5", "$3$ or $5$",
        "between 3 apples and 5", "3 and 5", "3 & 5", "4 by 5", "4 vs. 5", "x = 3, 5", "3; 5.",
        "The roots are 3, -5."}) {
    CAPTURE(line);
    CHECK(goes_on(line));
  }
}

TEST_CASE("numbers of a sentence and the same number again stand for themselves") {
  for (const std::string line :
       {"12 boys and 15 girls", "On day 3, 15 apples remain", "x = 3, y = 5", "3 + 5", "1/2 or 0.5",
        "0.5 or 50%", "it is 8 and 8", "x + $160 or $190", "x - 3 or 5", "5 feet to 60 inches"}) {
    CAPTURE(line);
    CHECK_FALSE(goes_on(line));
  }
}
