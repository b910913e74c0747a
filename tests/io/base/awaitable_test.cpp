#include "io/base/awaitable.hpp"

#include <doctest/doctest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <string>

using namespace retort;
using io::waiting_room;

namespace {

// Waits `times` times and notes its name each time it is called.
io::awaitable<> note_calls(waiting_room* room, std::string* calls, char name, int times) {
  for (int i = 0; i < times; ++i) {
    co_await io::wait_in(room);
    *calls += name;
  }
}

struct scene {
  io::asio::io_context context{1};
  waiting_room room;
  std::string calls;

  void enter(char name, int times = 1) {
    io::asio::co_spawn(context, note_calls(&room, &calls, name, times), io::asio::detached);
    run();
  }
  void run() {
    context.restart();
    context.poll();
  }
};

}  // namespace

TEST_CASE("who came first to a waiting room is called first") {
  scene on;
  for (const char name : {'a', 'b', 'c'}) on.enter(name);
  CHECK(on.room.size() == 3);
  CHECK(on.calls == "");
  CHECK(on.room.call_one());
  on.run();
  CHECK(on.calls == "a");
  on.enter('d');
  CHECK(on.room.call_one());
  CHECK(on.room.call_one());
  CHECK(on.room.call_one());
  on.run();
  CHECK(on.calls == "abcd");
}

TEST_CASE("an empty waiting room has nobody to call") {
  scene on;
  CHECK(on.room.empty());
  CHECK_FALSE(on.room.call_one());
  on.room.call_all();
  on.enter('a');
  CHECK_FALSE(on.room.empty());
  CHECK(on.room.call_one());
  CHECK(on.room.empty());
  CHECK_FALSE(on.room.call_one());
}

TEST_CASE("who is called goes on later, not inside the call") {
  scene on;
  on.enter('a');
  on.room.call_all();
  CHECK(on.calls == "");
  on.run();
  CHECK(on.calls == "a");
}

TEST_CASE("all who wait are called once, though they come back") {
  scene on;
  on.enter('a', 3);
  on.enter('b', 2);
  on.room.call_all();
  on.run();
  CHECK(on.calls == "ab");
  on.room.call_all();
  on.run();
  CHECK(on.calls == "abab");
  CHECK(on.room.size() == 1);
  on.room.call_all();
  on.run();
  CHECK(on.calls == "ababa");
  CHECK(on.room.empty());
}

TEST_CASE("a waiting room may go while coroutines wait in it") {
  scene on;
  on.enter('a');
  on.enter('b');
}
