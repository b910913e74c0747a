#include <doctest/doctest.h>

#include "engine/math/math_token.hpp"

using namespace retort::engine;
using kind = math_token::kind;

namespace {

math_node::rational number(std::string_view text, comma_reading commas = {}) {
  const auto tokens = split_math_text(text, commas);
  REQUIRE(tokens.size() == 2);
  CHECK(tokens[0].what == kind::number);
  return tokens[0].value;
}

}  // namespace

TEST_CASE("numbers in the forms in which they are written") {
  using rational = math_node::rational;
  CHECK(number("1,234,567") == 1234567);
  CHECK(number("1{,}234") == 1234);
  CHECK(number("1\\,234") == 1234);
  CHECK(number("1 234") == 1234);
  CHECK(number("11,\\! 111") == 11111);
  CHECK(number("007") == 7);
  CHECK(number(".5") == rational(1, 2));
  CHECK(number("1.5e3") == 1500);
  CHECK(number("0.1\\overline{6}") == rational(1, 6));
  CHECK(number("2,74", {.groups = false, .is_decimal = true}) == rational(137, 50));
}

TEST_CASE("what no group of thousands is stays apart") {
  CHECK(split_math_text("12 34", {}).size() == 3);
  CHECK(split_math_text("1234,567", {}).size() == 4);
  CHECK(split_math_text("1, 234", {}).size() == 4);
}

TEST_CASE("commands that set type are gone, words in text stay whole") {
  const auto tokens = split_math_text("\\left( \\text{two words} \\right)", {});
  REQUIRE(tokens.size() == 4);
  CHECK(tokens[1].what == kind::text);
  CHECK(tokens[1].text == "two words");
}

TEST_CASE("what no formula holds, and too much of it, is nothing") {
  CHECK(split_math_text(std::string(1, '\0'), {}).empty());
  CHECK(split_math_text(std::string(most_math_tokens + 1, '+'), {}).empty());
}
