#include "engine/quota/token_bucket.hpp"

#include <doctest/doctest.h>

using namespace std::chrono_literals;
using retort::engine::token_bucket;
using time_point = token_bucket::time_point;

namespace {

const time_point start{1h};

}  // namespace

TEST_CASE("a bucket refills steadily up to its capacity") {
  token_bucket bucket(10, 5, 0, start);
  bucket.advance(start + 250ms);
  CHECK(bucket.level() == doctest::Approx(2.5));
  bucket.advance(start + 10s);
  CHECK(bucket.level() == doctest::Approx(5));
}

TEST_CASE("time that goes back is no time") {
  token_bucket bucket(10, 5, 0, start);
  bucket.advance(start + 100ms);
  bucket.advance(start);
  bucket.advance(start + 100ms);
  CHECK(bucket.level() == doctest::Approx(1));
}

TEST_CASE("the level goes below zero and the refill pays the debt") {
  token_bucket bucket(10, 5, 1, start);
  bucket.take(4);
  CHECK(bucket.level() == doctest::Approx(-3));
  CHECK(bucket.when(1) == start + 400ms);
  bucket.advance(start + 400ms);
  CHECK(bucket.has(1));
  CHECK_FALSE(bucket.has(1.01));
}

TEST_CASE("who waits until when() finds what was asked for, whatever the rounding") {
  for (const double rate : {0.1, 1.0 / 3, 166.6666, 33'333.3, 1e9 / 7}) {
    for (const double amount : {1.0, 0.3, 7.77}) {
      token_bucket bucket(rate, 10, 0.1234, start);
      const time_point then = bucket.when(amount);
      bucket.advance(then);
      CAPTURE(rate);
      CAPTURE(amount);
      CHECK(bucket.has(amount));
    }
  }
}

TEST_CASE("what is there already can be had at once") {
  token_bucket bucket(10, 5, 2, start);
  CHECK(bucket.when(2) == start);
}

TEST_CASE("what the bucket never holds is there never") {
  CHECK(token_bucket(10, 5, 0, start).when(5.1) == time_point::max());
  CHECK(token_bucket(0, 5, 0, start).when(1) == time_point::max());
}

TEST_CASE("what is given back counts even above the capacity, which only ends the refill") {
  token_bucket bucket(10, 5, 5, start);
  bucket.give(3);
  bucket.advance(start + 1s);
  CHECK(bucket.level() == doctest::Approx(8));
}

TEST_CASE("waking late loses nothing short of a full bucket") {
  token_bucket bucket(10, 10, 0, start);
  int taken = 0;
  for (auto now = start; now <= start + 100s; now += 370ms) {  // whoever wakes takes what is there
    bucket.advance(now);
    for (; bucket.has(1); ++taken) bucket.take(1);
  }
  CHECK(taken >= 995);
  CHECK(taken <= 1000);
}
