#include "engine/measure/saturation.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "engine/measure/random_stream.hpp"

using namespace retort::engine;

namespace {

// An endpoint of so many places that each answer takes about a second of, asked so often a second
// for so long: the line at the door, by a clock of its own.
bool is_seen_as_saturated(double rate, std::size_t places, double seconds, std::uint64_t seed) {
  random_stream chance(seed, drawn_for::schedule);
  std::vector<double> free_at(places, 0.0), ends;
  trend under_way, first;
  for (double now = 0; now < seconds; now += chance.exponential() / rate) {
    const auto place = std::ranges::min_element(free_at);
    const double begin = std::max(now, *place);
    const double end = begin + 0.5 + chance.uniform();
    *place = end;
    ends.push_back(end);
    const auto still = std::ranges::count_if(ends, [&](double one) { return one > now; });
    under_way.add(now, static_cast<double>(still));
    first.add(now, begin - now + 0.1 + 0.05 * chance.uniform());
  }
  return is_over_saturated(under_way, first);
}

}  // namespace

TEST_CASE("a line is told by its rise and by how the points keep to it") {
  trend line, flat, none;
  for (int i = 0; i <= 100; ++i) line.add(1000 + i, 10 + i);
  for (int i = 0; i <= 100; ++i) flat.add(1000 + i, 10 + i % 2);
  CHECK(line.rise() == doctest::Approx(100.0 / 60));
  CHECK(line.correlation() == doctest::Approx(1));
  CHECK(flat.rise() == doctest::Approx(0).epsilon(0.01));
  CHECK(std::abs(flat.correlation()) < 0.1);
  CHECK(none.rise() == 0);
  CHECK(none.correlation() == 0);
}

TEST_CASE("an endpoint asked for more than it can do is over-saturated, one below that is not") {
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    CAPTURE(seed);
    CHECK(is_seen_as_saturated(40, 20, 60, seed));
    CHECK(is_seen_as_saturated(26, 20, 60, seed));
    CHECK_FALSE(is_seen_as_saturated(15, 20, 60, seed));
    CHECK_FALSE(is_seen_as_saturated(5, 20, 60, seed));
    CHECK_FALSE(is_seen_as_saturated(15, 20, 8, seed));  // with its start
  }
}

TEST_CASE("a few requests tell nothing") { CHECK_FALSE(is_seen_as_saturated(40, 20, 1, 1)); }
