#include "engine/statistics/sign_test.hpp"

#include <doctest/doctest.h>

using retort::engine::sign_test;

TEST_CASE("the sign test is twice the binomial tail, counted by hand") {
  CHECK(sign_test(0, 0) == 1);
  CHECK(sign_test(1, 0) == 1);
  CHECK(sign_test(5, 0) == doctest::Approx(2.0 / 32));
  CHECK(sign_test(0, 5) == doctest::Approx(2.0 / 32));
  CHECK(sign_test(8, 2) == doctest::Approx(2.0 * (1 + 10 + 45) / 1024));
  CHECK(sign_test(4, 4) == 1);
}

// R: binom.test(c(86, 150))$p.value is McNemar's exact test of the approval ratings of Agresti,
// "Categorical Data Analysis", table 11.1: 150 and 86 who changed their minds.
TEST_CASE("the sign test agrees with the exact McNemar test of Agresti's ratings") {
  CHECK(sign_test(150, 86) == doctest::Approx(3.716e-05).epsilon(0.001));
}

TEST_CASE("a million records that differ are no trouble") {
  CHECK(sign_test(500'000, 500'000) == 1);
  CHECK(sign_test(500'000, 501'000) == doctest::Approx(0.3176).epsilon(0.01));
  CHECK(sign_test(1'000'000, 0) == 0);
}
