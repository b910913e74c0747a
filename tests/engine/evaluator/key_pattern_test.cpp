#include "engine/evaluator/key_pattern.hpp"

#include "tests/support/evaluators.hpp"

using namespace retort;
using namespace retort::engine;

TEST_CASE("a key's pattern is compiled, is nothing where it is not set, or is told by its key") {
  CHECK_FALSE(key_pattern(test::configured("x"), "where").value().has_value());
  CHECK((*key_pattern(test::configured("x", {{"where", "a+"}}), "where"))->text() == "a+");
  const auto bad = key_pattern(test::configured("x", {{"where", "["}}), "where");
  REQUIRE(bad.has_error());
  CHECK(bad.error().code == errc::usage);
  CHECK(bad.error().message == "where is not a regular expression; RE2 says \"missing ]: [\"");
}
