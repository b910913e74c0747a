#include "engine/admission.hpp"

#include <doctest/doctest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <vector>

using namespace retort;
using engine::admission;
using engine::permit;

namespace {

namespace asio = boost::asio;

// Visitors who stay inside until the test lets them go.
struct room {
  explicit room(std::uint32_t concurrency) : gate(concurrency) {}

  asio::io_context context{1};
  admission gate;
  std::vector<int> entered;
  std::vector<permit> inside;  // in the order in which they entered

  void arrive(int number);
  // Lets the visitor go who entered first of those inside.
  void let_go() {
    inside.erase(inside.begin());
    settle();
  }
  void settle() {
    context.restart();
    context.poll();
  }
};

io::awaitable<> visit(room* where, int number) {
  auto place = co_await engine::admit(&where->gate);
  where->entered.push_back(number);
  where->inside.push_back(std::move(place));
}

void room::arrive(int number) {
  asio::co_spawn(context, visit(this, number), asio::detached);
  settle();
}

using numbers = std::vector<int>;

}  // namespace

TEST_CASE("as many are in flight as the gate has places; the others enter in the order they came") {
  room all(2);
  for (int number = 1; number <= 5; ++number) all.arrive(number);
  CHECK(all.entered == numbers{1, 2});
  CHECK(all.gate.in_flight() == 2);
  CHECK(all.gate.line().size() == 3);
  for (int number = 3; number <= 5; ++number) {
    all.let_go();
    CHECK(all.entered.back() == number);
    CHECK(all.gate.in_flight() == 2);
  }
  CHECK(all.entered == numbers{1, 2, 3, 4, 5});
  all.let_go();
  all.let_go();
  CHECK(all.gate.in_flight() == 0);
}

TEST_CASE("a place given back belongs to the first in line, not to one who comes just then") {
  room all(1);
  all.arrive(1);
  all.arrive(2);
  all.inside.clear();
  CHECK_FALSE(all.gate.try_take());  // the second has not been resumed yet
  CHECK(all.gate.in_flight() == 0);
  all.arrive(3);
  CHECK(all.entered == numbers{1, 2});
  all.let_go();
  CHECK(all.entered == numbers{1, 2, 3});
  all.let_go();
}

TEST_CASE("a place given back while nobody waits is free again") {
  admission gate(1);
  for (int again = 0; again < 3; ++again) {
    REQUIRE(gate.try_take());
    const permit place(&gate);
    CHECK(gate.in_flight() == 1);
    CHECK_FALSE(gate.try_take());
  }
  CHECK(gate.in_flight() == 0);
}

TEST_CASE("a permit gives its place back once, however it ends") {
  admission gate(2);
  const auto enter = [&gate] {
    REQUIRE(gate.try_take());
    return permit(&gate);
  };
  permit first = enter();
  first.release();
  first.release();
  CHECK(gate.in_flight() == 0);

  first = enter();
  {
    permit second = enter();
    CHECK(gate.in_flight() == 2);
    first = std::move(second);  // which takes the first's old place with it
    CHECK(gate.in_flight() == 2);
  }
  CHECK(gate.in_flight() == 1);
  const permit third = std::move(first);
  first.release();
  CHECK(gate.in_flight() == 1);
  CHECK(gate.try_take());
  CHECK_FALSE(gate.try_take());
}

TEST_CASE("a permit of no gate has nothing to give back") {
  permit none;
  none.release();
  const permit moved = std::move(none);
}
