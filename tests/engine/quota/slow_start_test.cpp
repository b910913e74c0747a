#include "engine/quota/slow_start.hpp"

#include <doctest/doctest.h>

using retort::engine::slow_start;

TEST_CASE("few go until an answer has come, and each that tells of no quota doubles them") {
  slow_start start;
  CHECK(start.most() == 4);
  start.answered();
  CHECK(start.most() == 8);
  for (int i = 0; i < 3; ++i) start.answered();
  CHECK(start.most() == 64);
  for (int i = 0; i < 100; ++i) start.answered();
  CHECK(start.most() == slow_start::no_bound);
}

TEST_CASE("once a quota is known it sets the pace") {
  slow_start start;
  start.end();
  CHECK(start.most() == slow_start::no_bound);
}
