#include "engine/shard/start_delay.hpp"

#include <doctest/doctest.h>

using namespace retort::engine;

TEST_CASE("shards begin one behind the other, within five seconds, two hundred of them in one") {
  CHECK(start_delay_s(0, 1) == 0);
  CHECK(start_delay_s(0, 1'000'000) == 0);
  CHECK(start_delay_s(1, 2) == doctest::Approx(0.005));
  CHECK(start_delay_s(11, 12) == doctest::Approx(0.055));
  CHECK(start_delay_s(500, 1'000) == doctest::Approx(2.5));
  for (const std::uint32_t count : {1U, 12U, 200U, 1'000U, 1'000'000U}) {
    CHECK(start_delay_s(count - 1, count) < 5);
    CHECK(start_delay_s(count - 1, count) >= start_delay_s(count / 2, count));
  }
}
