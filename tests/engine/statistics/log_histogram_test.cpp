#include "engine/statistics/log_histogram.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>

using retort::engine::log_histogram;

namespace {

constexpr double within = log_histogram::relative_error * 1.0001;  // Approx adds no more than this

}  // namespace

TEST_CASE("quantiles are within the stated error, from one to a thousand million") {
  for (const double scale : {1.0, 1e3, 1e6}) {
    log_histogram all;
    for (int i = 1; i <= 1000; ++i) all.add(i * scale);
    for (const int percent : {1, 10, 50, 90, 95, 99}) {
      const double truth = percent * 10 * scale;
      CHECK(std::abs(*all.quantile(percent / 100.0) - truth) <= within * truth);
    }
    CHECK(all.quantile(1) == 1000 * scale);
    CHECK(all.quantile(0) == scale);
  }
}

TEST_CASE("every rank is within the stated error of the number that has it") {
  log_histogram all;
  double one = 1;
  for (int i = 0; i < 3000; ++i, one *= 1.01) all.add(one);
  one = 1;
  for (std::uint64_t rank = 1; rank <= 3000; ++rank, one *= 1.01) {
    CHECK(std::abs(all.at_rank(rank) - one) <= within * one);
  }
}

TEST_CASE("count, sum, mean and the ends are exact, however large the numbers") {
  log_histogram all;
  CHECK_FALSE(all.mean().has_value());
  constexpr double longest = 9'007'199'254'740'991;  // 2^53 - 1
  for (int i = 0; i < 1000; ++i) all.add(longest);
  all.add(1);
  CHECK(all.count() == 1001);
  CHECK(all.sum() == static_cast<double>(9'007'199'254'740'991'000 + 1));
  CHECK(all.smallest() == 1);
  CHECK(all.largest() == longest);
}

TEST_CASE("a number added so many times is that many numbers") {
  log_histogram once, often;
  for (int i = 0; i < 5; ++i) once.add(7);
  often.add(7, 5);
  often.add(9, 0);
  CHECK(often.count() == 5);
  CHECK(often.sum() == once.sum());
  CHECK(often.largest() == 7);
}

TEST_CASE("nothing has no quantiles, one number has itself") {
  log_histogram none, one;
  CHECK_FALSE(none.quantile(0.5).has_value());
  one.add(42);
  CHECK(one.quantile(0.5) == 42);
  CHECK(one.quantile(0.01) == 42);
}

TEST_CASE("what is no count is nothing, and what is too large is the largest") {
  log_histogram odd;
  odd.add(-1);
  odd.add(std::numeric_limits<double>::quiet_NaN());
  odd.add(1e300);
  CHECK(odd.count() == 3);
  CHECK(odd.quantile(0.5) == 0);
  CHECK(odd.quantile(1) == 1e300);
}

TEST_CASE("what lies between bounds is all there is, taken together") {
  log_histogram all;
  for (int i = 0; i < 500; ++i) all.add(i);
  CHECK(all.between(0, 1) == 1);
  CHECK(all.between(0, 100) + all.between(100, 1e9) == 500);
}
