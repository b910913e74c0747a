#include "engine/witness/accuracy.hpp"

#include <doctest/doctest.h>

using namespace retort::engine;

TEST_CASE("the share of right answers is of those scored, with its interval") {
  accuracy seen;
  CHECK_FALSE(seen.share());
  CHECK(text_of(seen) == "no answer could be scored; 0 accepted, 0 rejected");
  seen.right = 60;
  seen.wrong = 4;
  seen.unscored = 2;
  seen.accepted = 58;
  seen.rejected = 8;
  CHECK(seen.answers() == 66);
  CHECK(*seen.share() == doctest::Approx(0.9375));
  CHECK(seen.share_between()->first == doctest::Approx(0.8500).epsilon(0.001));
  CHECK(seen.share_between()->second == doctest::Approx(0.9754).epsilon(0.001));
  CHECK(text_of(seen) ==
        "93.8 % right (85.0 to 97.5), 60 of 64; 2 unscored; 58 accepted, 8 rejected");
}

TEST_CASE("none wrong is no certainty") {
  accuracy seen;
  seen.right = 10;
  CHECK(seen.share_between()->second == doctest::Approx(1));
  CHECK(seen.share_between()->first == doctest::Approx(0.7225).epsilon(0.001));
}
