#include "engine/quota/breaker.hpp"

#include <doctest/doctest.h>

using namespace std::chrono_literals;
using retort::engine::breaker;

namespace {

const breaker::time_point start{1h};

breaker opened_at(breaker::time_point when) {
  breaker one;
  for (std::uint32_t i = 0; i < breaker::tolerated; ++i) one.broke(start, false, when);
  return one;
}

}  // namespace

TEST_CASE("the fifth broken request in a row opens it") {
  breaker one;
  for (int i = 0; i < 4; ++i) one.broke(start, false, start + 1s);
  CHECK(one.admits(start + 1s));
  one.broke(start, false, start + 1s);
  CHECK(one.is_open());
  CHECK_FALSE(one.admits(start + 1s));
  CHECK(one.again() == start + 2s);
}

TEST_CASE("a sign of life in between starts the count again") {
  breaker one;
  for (int i = 0; i < 20; ++i) {
    if (i % 4 == 3) one.alive(start + i * 1s);
    one.broke(start + i * 1s, false, start + i * 1s);
  }
  CHECK_FALSE(one.is_open());
}

TEST_CASE("what began before the last sign of life does not count") {
  breaker one;
  one.alive(start + 10s);
  for (int i = 0; i < 100; ++i) one.broke(start + 9s, false, start + 20s);
  CHECK_FALSE(one.is_open());
}

TEST_CASE("half open it lets one through, and the next once that is back") {
  breaker one = opened_at(start);
  CHECK(one.admits(start + 1s));
  CHECK(one.enter());
  CHECK_FALSE(one.admits(start + 1s));
  CHECK(one.again() == breaker::time_point::max());
  one.broke(start + 1s, true, start + 2s);
  CHECK(one.again() == start + 4s);
}

TEST_CASE("the rest doubles up to its longest") {
  breaker one = opened_at(start);
  auto now = start;
  for (const auto rest : {1s, 2s, 4s, 4s, 4s}) {
    CHECK(one.again() == now + rest);
    now = one.again();
    CHECK(one.enter());
    one.broke(now, true, now);
  }
}

TEST_CASE("any sign of life closes it, and what broke before stays behind") {
  breaker one = opened_at(start);
  CHECK(one.enter());
  one.alive(start + 2s);
  CHECK_FALSE(one.is_open());
  CHECK_FALSE(one.enter());
  one.broke(start, false, start + 2s);
  CHECK(one.admits(start + 2s));
}

TEST_CASE("a probe that says nothing is followed by another after the same rest") {
  breaker one = opened_at(start);
  CHECK(one.enter());
  one.unclear(true, start + 2s);
  CHECK(one.again() == start + 3s);
}

TEST_CASE("latecomers do not prolong the rest") {
  breaker one = opened_at(start);
  for (int i = 0; i < 50; ++i) one.broke(start, false, start + 900ms);
  CHECK(one.again() == start + 1s);
}
