#include "engine/prompt/reference.hpp"

#include <doctest/doctest.h>

using retort::errc;
using retort::engine::pattern;
using retort::engine::take_reference;

TEST_CASE("without a pattern all of the rendered text is the reference") {
  CHECK(take_reference(" 18\n", std::nullopt).value() == "18");
  CHECK(take_reference("", std::nullopt).value() == "");
}

TEST_CASE("a pattern takes the reference out of the rendered text") {
  const auto where = pattern::compile("#### (.*)").value();
  CHECK(take_reference("9 * 2 = 18\n#### 18 ", where).value() == "18");
  CHECK(take_reference("#### 1\n#### 2", where).value() == "2");
}

TEST_CASE("a record that the pattern does not match has no reference") {
  const auto where = pattern::compile("#### (.*)").value();
  const auto none = take_reference("9 * 2\n= 18", where);
  REQUIRE(none.has_error());
  CHECK(none.error().code == errc::dataset);
  CHECK(none.error().message ==
        "reference: pattern \"#### (.*)\" matches nothing in \"9 * 2 = 18\"");
}
