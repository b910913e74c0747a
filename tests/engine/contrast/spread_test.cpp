#include "engine/contrast/spread.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>

using namespace retort::engine;

namespace {

// Exponential, of this mean: what a draw from an endpoint would be.
spread drawn_values(std::uint64_t seed, std::size_t count, double mean) {
  random_stream chance(seed, drawn_for::order);
  std::vector<std::pair<double, std::uint64_t>> values;
  for (std::size_t i = 0; i < count; ++i) values.emplace_back(mean * chance.exponential(), 1);
  return {std::move(values), 0};
}

double median(const spread& of, random_stream& chance) { return of.drawn_percentile(0.5, chance); }
double mean(const spread& of, random_stream& chance) { return of.drawn_mean(chance); }

}  // namespace

TEST_CASE("a spread is the same of single values and of bins") {
  const spread single({{3, 1}, {1, 1}, {1, 1}, {2, 1}}, 0), bins({{1, 2}, {2, 1}, {3, 1}}, 0);
  for (const spread* one : {&single, &bins}) {
    CHECK(one->mean() == 1.75);
    CHECK(one->cases() == 4);
    CHECK_FALSE(one->percentile(0.5));  // of 4 nobody knows a median
  }
}

TEST_CASE("a file that says anything of its bins breaks nothing") {
  CHECK(spread({}, 5).cases() == 0);
  CHECK(spread({{1, 0}}, 5).cases() == 0);
  const std::uint64_t huge = std::uint64_t{1} << 63;
  const spread of({{1, huge}, {2, huge}}, 64);
  CHECK(of.cases() == 64);
  CHECK(of.percentile(0.5) == 1);
  CHECK(spread({{1, 3}}, huge).cases() == 3);  // no more requests than values
}

TEST_CASE("a percentile is told of as many requests as LoadGen asks for, and by nearest rank") {
  std::vector<std::pair<double, std::uint64_t>> values;
  for (int i = 1; i <= 100; ++i) values.emplace_back(i, 1);
  const spread of(values, 0);
  CHECK(of.percentile(0.5) == 50);
  CHECK(of.percentile(0.9) == 90);
  CHECK_FALSE(of.percentile(0.95));                 // 130
  CHECK_FALSE(spread(values, 50).percentile(0.9));  // gaps of 50 requests
}

TEST_CASE("the interval of a percentile holds the truth in about 95 of 100 cases") {
  int held = 0;
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    const spread first = drawn_values(2 * seed, 300, 10),
                 other = drawn_values(2 * seed + 1, 300, 12);
    const auto by = resampled(*first.percentile(0.5), *other.percentile(0.5), first, other, median);
    held += *by.low <= 0.2 && 0.2 <= *by.high;
  }
  CHECK(held >= 182);
  CHECK(held <= 199);
}

TEST_CASE("the interval of a mean holds the truth in about 95 of 100 cases") {
  int held = 0;
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    const spread first = drawn_values(2 * seed, 300, 10),
                 other = drawn_values(2 * seed + 1, 300, 12);
    const auto by = resampled(first.mean(), other.mean(), first, other, mean);
    held += *by.low <= 0.2 && 0.2 <= *by.high;
  }
  CHECK(held >= 182);
  CHECK(held <= 199);
}

TEST_CASE("the same spreads give the same interval") {
  const spread first = drawn_values(1, 300, 10), other = drawn_values(2, 300, 12);
  const auto once = resampled(1, 2, first, other, median),
             again = resampled(1, 2, first, other, median);
  CHECK(once.low == again.low);
  CHECK(once.high == again.high);
}

TEST_CASE("of repeated runs the interval is of their means' ratio") {
  const auto by = repeated({100, 101, 99, 100}, {110, 111, 109, 110});
  CHECK(by.value == doctest::Approx(0.1));
  CHECK(*by.low > 0.08);
  CHECK(*by.high < 0.12);
  const auto alike = repeated({100, 120}, {110, 111});
  CHECK(*alike.low < 0);
  CHECK(*alike.high > 0);
  CHECK(*repeated({5, 5}, {5, 5}).low == 0);
  CHECK_FALSE(repeated({0, 1}, {1, 1}).low);
}

TEST_CASE("more than nothing is infinitely more, and nothing is no more than nothing") {
  CHECK(share_more(0, 0) == 0);
  CHECK(share_more(0, 1) == std::numeric_limits<double>::infinity());
  CHECK(share_more(10, 11) == doctest::Approx(0.1));
}

TEST_CASE("one request of either tells nothing of chance") {
  const spread one({{10, 1}}, 0), many = drawn_values(1, 300, 10);
  for (const auto& [first, other] : {std::pair(&one, &many), {&many, &one}, {&one, &one}}) {
    const auto by = resampled(10, 20, *first, *other, mean);
    CHECK(by.value == 1);
    CHECK(by.low == -1);
    CHECK(by.high == std::numeric_limits<double>::infinity());
  }
}
