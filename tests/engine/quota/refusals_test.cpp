#include "engine/quota/refusals.hpp"

#include <doctest/doctest.h>

#include <random>

using namespace std::chrono_literals;
using retort::engine::refusals;

namespace {

const refusals::time_point start{1h};

int episodes_in(double share, std::uint64_t seed, int answers) {
  refusals counted(0.4);
  std::mt19937_64 random(seed);
  std::bernoulli_distribution refuse(share);
  int episodes = 0;
  for (int i = 0; i < answers; ++i) {
    const auto now = start + i * 10ms;
    if (refuse(random)) {
      episodes += counted.refused(now, now);
    } else {
      counted.accepted(now);
    }
  }
  return episodes;
}

}  // namespace

TEST_CASE("one in ten, at random, is no episode") {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) CHECK(episodes_in(0.1, seed, 20'000) == 0);
}

TEST_CASE("most of them is one") {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) CHECK(episodes_in(0.9, seed, 40) > 0);
}

TEST_CASE("a storm is one episode, however many were under way") {
  refusals counted(0.4);
  int episodes = 0;
  for (int i = 0; i < 1000; ++i) episodes += counted.refused(start, start + 1s);
  CHECK(episodes == 1);
  CHECK(counted.is_old(start));
  CHECK_FALSE(counted.is_old(start + 1s));
}

TEST_CASE("going on after the pause is sooner noticed") {
  refusals counted(0.4);
  int first = 1, second = 1;
  while (!counted.refused(start, start)) ++first;
  while (!counted.refused(start + 1s, start + 1s)) ++second;
  CHECK(first <= 20);
  CHECK(second < first);
}
