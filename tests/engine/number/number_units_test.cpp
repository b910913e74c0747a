#include "engine/number/number_units.hpp"

#include <doctest/doctest.h>

using namespace retort::engine;

TEST_CASE("all names of a unit are one unit, and units are told apart") {
  CHECK(unit_named("km") == unit_named("Kilometers"));
  CHECK(unit_named("km") == unit_named("kilometre"));
  CHECK(unit_named("km") != unit_named("m"));
  CHECK(unit_named("mW") == 0);
  CHECK(unit_named("MW") != 0);
  CHECK(unit_named("%") == unit_named("percent"));
  CHECK(unit_named("dollars") == unit_named("USD"));
  CHECK(unit_named("apples") == counted_thing);
  for (const char* word : {"", "x", "monkeys", "Antidisestablishmentarianism"}) {
    CAPTURE(word);
    CHECK(unit_named(word) == 0);
  }
}

TEST_CASE("a unit has a name by which it is known") {
  CHECK(name_of_unit(unit_named("kilometres")) == "kilometer");
  CHECK(name_of_unit(some_money) == "$");
  CHECK(name_of_unit(counted_thing).empty());
  CHECK(name_of_unit(0).empty());
  for (unsigned unit = 1; unit < some_money; ++unit) {
    const auto name = name_of_unit(static_cast<std::uint8_t>(unit));
    if (!name.empty()) CHECK(unit_named(name) == unit);
  }
}

TEST_CASE("words that multiply") {
  CHECK(multiple_named("million").ten == 6);
  CHECK(multiple_named("Billion").ten == 9);
  CHECK(multiple_named("dozen").times == 12);
  CHECK(multiple_named("apples").is_one());
  CHECK(multiple_attached("k", false).ten == 3);
  CHECK(multiple_attached("M", true).ten == 6);
  CHECK(multiple_attached("M", false).is_one());
  CHECK(multiple_attached("m", false).is_one());
}

TEST_CASE("words that make a number part of something") {
  CHECK(takes_number("sqrt"));
  CHECK(takes_number("Log"));
  CHECK_FALSE(takes_number("about"));
  CHECK(changes_number("squared"));
  CHECK_FALSE(changes_number("apples"));
  CHECK(is_ordinal("th"));
  CHECK(modifies_unit("square"));
  CHECK(is_currency("USD"));
}
