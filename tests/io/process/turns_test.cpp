#include "io/process/turns.hpp"

#include <doctest/doctest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <string>
#include <vector>

using namespace retort;

namespace {

struct scene {
  io::asio::io_context context{1};
  io::turns two{2};
  std::vector<io::turn> held;
  std::string order;

  void come(char who) {
    io::asio::co_spawn(
        context, [this, who]() -> io::awaitable<> { return take(this, who); }, io::asio::detached);
  }
  static io::awaitable<> take(scene* at, char who) {
    io::turn mine = co_await io::take_turn(&at->two);
    at->order += mine ? who : '-';
    at->held.push_back(std::move(mine));
  }
  void settle() {
    context.restart();
    context.poll();
  }
};

}  // namespace

TEST_CASE("so many have a turn; the next gets the first one given back") {
  scene at;
  for (const char who : {'a', 'b', 'c', 'd'}) at.come(who);
  at.settle();
  CHECK(at.order == "ab");
  at.held.erase(at.held.begin());
  at.settle();
  CHECK(at.order == "abc");
  at.held.clear();
  at.settle();
  CHECK(at.order == "abcd");
}

TEST_CASE("stopped, who waits is sent away and so is who comes") {
  scene at;
  for (const char who : {'a', 'b', 'c'}) at.come(who);
  at.settle();
  at.two.stop();
  at.come('d');
  at.settle();
  CHECK(at.order == "ab--");
}
