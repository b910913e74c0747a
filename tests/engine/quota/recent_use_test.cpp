#include "engine/quota/recent_use.hpp"

#include <doctest/doctest.h>

using namespace std::chrono_literals;
using retort::engine::recent_use;

TEST_CASE("steady use shows its rate, and fades when it ends") {
  recent_use use;
  recent_use::time_point now{1h};
  for (int i = 0; i < 1000; ++i) use.add(5, now += 100ms);
  CHECK(use.per_second(now) == doctest::Approx(50).epsilon(0.02));
  CHECK(use.per_second(now + 10s) == doctest::Approx(50 * 0.368).epsilon(0.02));
  CHECK(use.per_second(now + 1h) == doctest::Approx(0));
}
