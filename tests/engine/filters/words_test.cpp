#include "engine/filters/words.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace retort::engine;

namespace {

std::size_t count(std::string_view text, symbols what = symbols::part_words) {
  return words_of(text, what).size();
}

bool same(std::string_view a, std::string_view b, symbols what = symbols::part_words) {
  return words_of(a, what) == words_of(b, what);
}

}  // namespace

TEST_CASE("case, punctuation and white space make no difference between words") {
  CHECK(count("Hello, world! It's 5.") == 5);
  CHECK(same("Hello, world", "hello   WORLD..."));
  CHECK(
      same("\xC3\x84"
           "pfel \xE2\x80\x9E"
           "x\xE2\x80\x9C",
           "\xC3\xA4pfel x"));
  CHECK_FALSE(same("a b", "b a"));
  CHECK_FALSE(same("ab c", "a bc"));
  CHECK(count("") == 0);
  CHECK(count(" .,;\n") == 0);
  CHECK(count("\xE6\xB0\xB4\xE7\x81\xAB x") == 3);
  CHECK(count("\xFF\xFE\xE6") <= 1);
}

TEST_CASE("symbols are words only where they are asked for") {
  CHECK(same("3+5", "3 - 5"));
  CHECK_FALSE(same("3+5", "3-5", symbols::as_words));
  CHECK(same("3+5", "3 + 5", symbols::as_words));
  CHECK(count("x^2 = 4", symbols::as_words) == 5);
}

TEST_CASE("a gram depends on its words and their order, wherever it stands") {
  const auto grams = [](std::string_view text, std::size_t n) {
    std::vector<std::uint64_t> out;
    for_grams(words_of(text, symbols::part_words), n, [&](std::uint64_t gram) {
      out.push_back(gram);
      return true;
    });
    return out;
  };
  const auto all = grams("a b c d e", 3);
  REQUIRE(all.size() == 3);
  CHECK(all[0] == grams("a b c", 3)[0]);
  CHECK(all[1] == grams("x b c d y", 3)[1]);
  CHECK(all[2] == grams("c d e", 3)[0]);
  CHECK(all[0] != grams("c b a", 3)[0]);
  CHECK(grams("a b", 3).empty());
  CHECK(grams("a b c", 1).size() == 3);
}
