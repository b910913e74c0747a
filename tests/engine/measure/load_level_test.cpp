#include "engine/measure/load_level.hpp"

#include <doctest/doctest.h>

using namespace retort::engine;

TEST_CASE("a level is called by what it does") {
  CHECK(text_of(load_level{.concurrency = 16}) == "concurrency 16");
  CHECK(text_of(load_level{.rule = arrival_rule{2.5, arrival_pattern::poisson}}) ==
        "2.5/s poisson");
  CHECK(text_of(load_level{.rule = arrival_rule{10, arrival_pattern::gamma, 0.25}}) ==
        "10/s gamma 0.25");
  CHECK(text_of(load_level{.trace_speed = 2, .cap = 8}, "sessions of 3 turns") ==
        "trace x2, at most 8 in flight, sessions of 3 turns");
}
