#include "tools/mock/server/turnstile.hpp"

#include <doctest/doctest.h>

#include <optional>

using retort::mock::turnstile;

TEST_CASE("so many are let in, the others wait and are called in their order") {
  turnstile turns(2);
  turnstile::waiter a, b, c, d;
  CHECK(turns.bounded());
  CHECK(turns.enter(a));
  CHECK(turns.enter(b));
  CHECK_FALSE(turns.enter(c));
  CHECK_FALSE(turns.enter(d));
  CHECK(turns.leave() == &c);
  CHECK(c.called);
  CHECK_FALSE(d.called);
  CHECK(turns.leave() == &d);
  CHECK(turns.leave() == nullptr);
  CHECK(turns.leave() == nullptr);
  turnstile::waiter e;
  CHECK(turns.enter(e));
}

TEST_CASE("who goes away while waiting is not called") {
  turnstile turns(1);
  turnstile::waiter a, c;
  std::optional<turnstile::waiter> b(std::in_place);
  turns.enter(a);
  turns.enter(*b);
  turns.enter(c);
  b.reset();
  CHECK(turns.leave() == &c);
  CHECK(turns.leave() == nullptr);
}

TEST_CASE("without a bound there is room for all") {
  turnstile turns(0);
  CHECK_FALSE(turns.bounded());
  for (int i = 0; i < 100; ++i) {
    turnstile::waiter each;
    CHECK(turns.enter(each));
  }
}
