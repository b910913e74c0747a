#include "engine/report/time_line.hpp"

#include <doctest/doctest.h>

#include <limits>
#include <numeric>

using namespace retort::engine;

namespace {

constexpr std::int64_t begin = 1'700'000'000'000;

std::uint64_t finished(const time_line& of) {
  std::uint64_t sum = 0;
  for (const auto& one : of.bins()) sum += one.finished;
  return sum;
}

double busy(const time_line& of) {
  double sum = 0;
  for (const auto& one : of.bins()) sum += one.busy_ms;
  return sum;
}

}  // namespace

TEST_CASE("a sample is in flight in every bin that it was") {
  time_line of;
  of.add(begin, 0, {.finished = 1});
  of.add(begin + 3500, 2000, {.finished = 1, .tokens = 7});
  REQUIRE(of.bins().size() == 4);
  CHECK(of.width_ms() == 1000);
  CHECK(of.bins()[1].busy_ms == 500);
  CHECK(of.bins()[2].busy_ms == 1000);
  CHECK(of.bins()[3].busy_ms == 500);
  CHECK(of.bins()[3].tokens == 7);
}

TEST_CASE("bins grow wider with the time, and nothing is lost of them") {
  time_line of;
  for (int i = 0; i < 10'000; ++i) of.add(begin + i * 1000, i == 0 ? 0 : 1000, {.finished = 1});
  CHECK(of.bins().size() <= 240);
  CHECK(of.bins().size() > 100);
  CHECK(finished(of) == 10'000);
  CHECK(busy(of) == doctest::Approx(9'999'000));
}

TEST_CASE("a clock that was set back, or that says anything, breaks nothing") {
  time_line of;
  of.add(begin, 10, {.finished = 1});
  of.add(begin - 100'000, 10, {.finished = 1});
  of.add(std::numeric_limits<std::int64_t>::max(), 1e300, {.finished = 1});
  of.add(std::numeric_limits<std::int64_t>::min(), -5, {.finished = 1});
  CHECK(finished(of) == 4);
  CHECK(of.bins().size() <= 240);
}
