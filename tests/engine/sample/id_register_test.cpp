#include "engine/sample/id_register.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace retort::engine;

TEST_CASE("the record that had an id first is named, and a record may come again") {
  id_register ids;
  CHECK_FALSE(ids.note("a", 0).has_value());
  CHECK_FALSE(ids.note("b", 1).has_value());
  CHECK_FALSE(ids.note("", 2).has_value());
  CHECK_FALSE(ids.note("a", 0).has_value());
  CHECK(ids.note("a", 3) == 0);
  CHECK(ids.note("a", 4) == 0);
  CHECK(ids.note("", 5) == 2);
  CHECK(describe_repeated_id("a\n", 0, 3) == "\"a \" is that of records 0 and 3");
}

TEST_CASE("so many ids are remembered and no more") {
  id_register ids(100);
  for (std::uint64_t i = 0; i < 1000; ++i) CHECK_FALSE(ids.note(std::to_string(i), i).has_value());
  CHECK(ids.note("99", 2000) == 99);
  CHECK_FALSE(ids.note("100", 2001).has_value());
}
