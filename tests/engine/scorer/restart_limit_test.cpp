#include "engine/scorer/restart_limit.hpp"

#include <doctest/doctest.h>

using namespace retort;

TEST_CASE("a command that never answered is given up after five deaths") {
  engine::restart_limit limit;
  for (int i = 0; i < 4; ++i) limit.died();
  CHECK_FALSE(limit.is_hopeless());
  limit.died();
  CHECK(limit.is_hopeless());
  CHECK(limit.in_a_row() == 5);
}

TEST_CASE("one that has answered may die of many samples, one after the other") {
  engine::restart_limit limit;
  limit.answered();
  for (int i = 0; i < 49; ++i) limit.died();
  CHECK_FALSE(limit.is_hopeless());
  limit.answered();
  for (int i = 0; i < 49; ++i) limit.died();
  CHECK_FALSE(limit.is_hopeless());
  limit.died();
  CHECK(limit.is_hopeless());
}
