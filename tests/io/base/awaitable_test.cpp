#include "io/base/awaitable.hpp"

#include <doctest/doctest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <chrono>
#include <optional>
#include <string>
#include <thread>

using namespace retort;
using io::waiting_room;
using clock_type = std::chrono::steady_clock;
using std::chrono::milliseconds;

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

namespace {

// Its own call comes first, of those of one moment: what the others have in the loop's queue then
// has come due, and is not taken back by a timer's end.
struct alarms {
  io::asio::io_context context{1};
  io::alarm first{context.get_executor()};
  clock_type::time_point due = clock_type::now() - milliseconds(1);
};

}  // namespace

TEST_CASE("an alarm calls once, when its time has come") {
  alarms at;
  int calls = 0;
  const auto began = clock_type::now();
  at.first.set(milliseconds(2), [&] { ++calls; });
  at.context.run();
  CHECK(calls == 1);
  CHECK(clock_type::now() - began >= milliseconds(2));
}

TEST_CASE("one that was cancelled, or has ended, calls no more though it had come due") {
  alarms at;
  std::optional<io::alarm> ended(at.context.get_executor()), cancelled(at.context.get_executor());
  int calls = 0;
  at.first.set(at.due, [&] {
    ended.reset();
    cancelled->cancel();
  });
  ended->set(at.due + milliseconds(1), [&] { ++calls; });
  cancelled->set(at.due + milliseconds(1), [&] { ++calls; });
  std::this_thread::sleep_until(at.due + milliseconds(2));
  at.context.run();
  CHECK(calls == 0);
}

TEST_CASE("one that is set anew calls for the new time alone") {
  alarms at;
  io::alarm again(at.context.get_executor());
  std::string calls;
  at.first.set(at.due, [&] { again.set(milliseconds(1), [&] { calls += 'b'; }); });
  again.set(at.due + milliseconds(1), [&] { calls += 'a'; });
  std::this_thread::sleep_until(at.due + milliseconds(2));
  at.context.run();
  CHECK(calls == "b");
  again.set(milliseconds(0), [&] {
    calls += 'c';
    again.set(milliseconds(0), [&] { calls += 'd'; });
  });
  at.context.restart();
  at.context.run();
  CHECK(calls == "bcd");
}

TEST_CASE("a call may end its own alarm") {
  alarms at;
  std::optional<io::alarm> own(at.context.get_executor());
  int calls = 0;
  own->set(milliseconds(0), [&] {
    own.reset();
    ++calls;
  });
  at.context.run();
  CHECK(calls == 1);
}
