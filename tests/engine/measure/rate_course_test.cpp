#include "engine/measure/rate_course.hpp"

#include <doctest/doctest.h>

using namespace retort::engine;

TEST_CASE("a ramp is due what lies under its line, and stays at its end") {
  rate_course up(10, rate_ramp{30, 10}, {});  // 10 x + x^2
  CHECK(up.time_of(0) == 0);
  CHECK(up.time_of(11) == doctest::Approx(1));
  CHECK(up.time_of(75) == doctest::Approx(5));
  CHECK(up.time_of(200) == doctest::Approx(10));
  CHECK(up.time_of(500) == doctest::Approx(20));  // 30 a second from then on
  rate_course down(30, rate_ramp{10, 10}, {});    // 30 x - x^2
  CHECK(down.time_of(125) == doctest::Approx(5));
  CHECK(down.time_of(200) == doctest::Approx(10));
  CHECK(down.time_of(210) == doctest::Approx(11));
}

TEST_CASE("bursts come at the end of each period") {
  rate_course bursts(10, {}, rate_burst{5, 2, 10});  // 80, then 100 in 2 s
  CHECK(bursts.time_of(40) == doctest::Approx(4));
  CHECK(bursts.time_of(80) == doctest::Approx(8));
  CHECK(bursts.time_of(130) == doctest::Approx(9));
  CHECK(bursts.time_of(180) == doctest::Approx(10));
  CHECK(bursts.time_of(260) == doctest::Approx(18));
  CHECK(bursts.time_of(180 * 1000.0 + 40) == doctest::Approx(10'004));
}

TEST_CASE("a burst of nothing is a pause") {
  rate_course pauses(10, {}, rate_burst{0, 2, 10});
  CHECK(pauses.time_of(79) == doctest::Approx(7.9));
  CHECK(pauses.time_of(80) == doctest::Approx(10));
  CHECK(pauses.time_of(81) == doctest::Approx(10.1));
}

TEST_CASE("bursts on a ramp are so many times what it has come to, whichever bends first") {
  // Until 8 s the ramp, then thrice it to its end at 9 s, then thrice 19 until 10 s.
  rate_course both(10, rate_ramp{19, 9}, rate_burst{3, 2, 10});
  const double at_8 = 10 * 8 + 8 * 8 / 2.0, at_9 = at_8 + 3 * 18.5, at_10 = at_9 + 3 * 19;
  CHECK(both.time_of(at_8) == doctest::Approx(8));
  CHECK(both.time_of(at_9) == doctest::Approx(9));
  CHECK(both.time_of(at_10) == doctest::Approx(10));
  CHECK(both.time_of(at_10 + 19) == doctest::Approx(11));
  // Both at once.
  rate_course same(10, rate_ramp{20, 8}, rate_burst{2, 2, 10});
  CHECK(same.time_of(120) == doctest::Approx(8));
  CHECK(same.time_of(160) == doctest::Approx(9));
}
