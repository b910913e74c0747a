#include "engine/measure/random_stream.hpp"

#include <doctest/doctest.h>

#include <array>
#include <cmath>

using namespace retort::engine;

TEST_CASE("each use of chance has a stream of its own") {
  random_stream order(1, drawn_for::order), again(1, drawn_for::order);
  random_stream schedule(1, drawn_for::schedule), other(2, drawn_for::order);
  const auto first = order.next();
  CHECK(first == again.next());
  CHECK(first != schedule.next());
  CHECK(first != other.next());
}

TEST_CASE("a number below a bound is each as often") {
  random_stream chance(1, drawn_for::subset);
  std::array<int, 7> seen{};
  for (int i = 0; i < 70'000; ++i) ++seen.at(chance.below(7));
  for (const int count : seen) CHECK(std::abs(count - 10'000) < 400);
  CHECK(chance.below(1) == 0);
}

TEST_CASE("numbers have the mean and the spread of their distribution") {
  random_stream chance(3, drawn_for::sampling);
  constexpr int count = 200'000;
  double uniform = 0, exponential = 0, normal = 0, square = 0, gamma = 0;
  for (int i = 0; i < count; ++i) {
    const double one = chance.uniform(), bell = chance.normal();
    CHECK((one > 0 && one < 1));
    uniform += one;
    exponential += chance.exponential();
    normal += bell;
    square += bell * bell;
    gamma += chance.gamma(0.5);
  }
  CHECK(uniform / count == doctest::Approx(0.5).epsilon(0.01));
  CHECK(exponential / count == doctest::Approx(1).epsilon(0.01));
  CHECK(std::abs(normal / count) < 0.01);
  CHECK(square / count == doctest::Approx(1).epsilon(0.01));
  CHECK(gamma / count == doctest::Approx(0.5).epsilon(0.02));
}
