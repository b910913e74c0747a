#include "engine/measure/knee.hpp"

#include <doctest/doctest.h>

using namespace retort::engine;

TEST_CASE("the knee is where throughput over latency is highest") {
  // A server of 100/s: 10 ms each up to 4 at once, behind that a longer line.
  CHECK(knee_of({{100, 10}, {200, 10}, {400, 10}, {410, 20}, {412, 40}}) == 2);
}

TEST_CASE("a queue of one server has its knee at half of what it can carry") {
  std::vector<load_point> points;
  for (double rate = 0.1; rate < 0.95; rate += 0.1) points.push_back({rate, 1 / (1 - rate)});
  CHECK(knee_of(points) == 4);
}

TEST_CASE("without a bend there is no knee") {
  CHECK_FALSE(knee_of({}));
  CHECK_FALSE(knee_of({{100, 10}, {400, 20}}));
  CHECK_FALSE(knee_of({{100, 10}, {200, 10}, {400, 10}}));
  CHECK_FALSE(knee_of({{0, 0}, {0, 0}, {0, 0}}));
}
