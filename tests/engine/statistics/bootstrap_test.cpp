#include "engine/statistics/bootstrap.hpp"

#include <doctest/doctest.h>

#include <cmath>

using namespace retort::engine;

TEST_CASE("of no records there is no mean, and no interval") {
  CHECK_FALSE(bootstrap({}).has_value());
  const ratio nothing[3];
  CHECK_FALSE(bootstrap(nothing).has_value());
}

TEST_CASE("what does not vary has an interval of no width") {
  grouped_ratio same;
  for (std::uint64_t i = 0; i < 50; ++i) same.add(i, 3);
  const auto found = bootstrap(same.parts());
  REQUIRE(found.has_value());
  CHECK(found->value == 3);
  CHECK(found->low == 3);
  CHECK(found->high == 3);
}

TEST_CASE("a share of many records has about the interval of the normal distribution") {
  grouped_ratio shares;
  constexpr int records = 2000;
  for (std::uint64_t i = 0; i < records; ++i) shares.add(i, i % 10 < 3);
  const auto found = bootstrap(shares.parts());
  REQUIRE(found.has_value());
  const double half = 1.96 * std::sqrt(0.3 * 0.7 / records);
  CHECK(found->value == doctest::Approx(0.3));
  CHECK(found->low == doctest::Approx(0.3 - half).epsilon(0.01));
  CHECK(found->high == doctest::Approx(0.3 + half).epsilon(0.01));
}

TEST_CASE("two records have the bootstrap of the textbook: both, or one of them twice") {
  const ratio parts[] = {{0, 1}, {1, 1}};
  const auto found = bootstrap(parts);
  REQUIRE(found.has_value());
  CHECK(found->value == 0.5);
  CHECK(found->low == 0);  // a quarter of the draws each
  CHECK(found->high == 1);
}

TEST_CASE("more records than groups have an interval as narrow as it should be") {
  grouped_ratio shares;
  constexpr std::uint64_t records = 40 * grouped_ratio::groups;
  for (std::uint64_t i = 0; i < records; ++i) shares.add(i, (i * 2654435761u >> 7) % 2 == 1);
  CHECK(shares.parts().size() == grouped_ratio::groups);
  const auto found = bootstrap(shares.parts());
  REQUIRE(found.has_value());
  const double half = 1.96 * std::sqrt(0.25 / static_cast<double>(records));
  CHECK(found->high - found->low == doctest::Approx(2 * half).epsilon(0.1));
}

TEST_CASE("samples of one record are drawn together: ten of the same say no more than one") {
  grouped_ratio one, ten;
  for (std::uint64_t i = 0; i < 300; ++i) {
    one.add(i, i % 2 == 1);
    for (int k = 0; k < 10; ++k) ten.add(i, i % 2 == 1);
  }
  CHECK(bootstrap(one.parts())->low == bootstrap(ten.parts())->low);
  CHECK(bootstrap(one.parts())->high == bootstrap(ten.parts())->high);
}
