#include "engine/filters/min_hash.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <cmath>
#include <string>

using namespace retort::engine;

TEST_CASE("likeness is the share of grams that both have, give or take") {
  for (const int shared : {0, 100, 200, 300, 400}) {
    CAPTURE(shared);
    std::string a, b;
    for (int i = 0; i < 400; ++i) {
      a += fmt::format("s{} ", i);
      b += i < shared ? fmt::format("s{} ", i) : fmt::format("t{} ", i);
    }
    const double common = shared > 4 ? shared - 4 : 0;
    const double truth = common / (2 * 396 - common);
    CHECK(std::abs(likeness(minhash_of(a), minhash_of(b)) - truth) < 0.15);
  }
  CHECK(likeness(minhash_of("one two"), minhash_of("one two")) == doctest::Approx(1));
}

TEST_CASE("texts without a word of letters are as different as their signs") {
  CHECK(likeness(minhash_of("👍"), minhash_of("👎")) < 0.2);
  CHECK(likeness(minhash_of("ok 👍"), minhash_of("ok 👎")) < 0.2);
  CHECK(likeness(minhash_of("?!"), minhash_of("...")) < 0.2);
  CHECK(likeness(minhash_of("👍 👍"), minhash_of("👍👍")) == doctest::Approx(1));
}
