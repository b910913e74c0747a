#include "io/net/poller.hpp"

#include <doctest/doctest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

using namespace retort;
using io::poller;

namespace {

// Two ends of a connection, the first of them polled.
struct polled_pair {
  explicit polled_pair(poller& by) : by_(by) {
    REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends.data()) == 0);
    place = by_.add(ends[0]);
  }
  ~polled_pair() { close(); }
  void close() {
    if (ends[0] < 0) return;
    by_.remove(place);
    for (int& end : ends) ::close(std::exchange(end, -1));
  }
  void send() { REQUIRE(::write(ends[1], "x", 1) == 1); }
  void receive() {
    char byte = 0;
    REQUIRE(::read(ends[0], &byte, 1) == 1);
  }

  poller& by_;
  std::array<int, 2> ends{};
  poller::place place = 0;
};

io::awaitable<> wait_once(poller* by, poller::place at) {
  return io::asio::async_initiate<const io::asio::use_awaitable_t<io::executor>, void()>(
      [](io::waiting_room::handler next, poller* which, poller::place where) {
        which->wait(where, std::move(next));
      },
      io::use_awaitable, by, at);
}

io::awaitable<> count_wakes(poller* by, poller::place at, int* wakes, int waits) {
  for (int i = 0; i < waits; ++i) {
    co_await wait_once(by, at);
    ++*wakes;
  }
}

struct scene {
  io::asio::io_context context{1};
  poller& by = io::asio::use_service<poller>(context);
  int wakes = 0;

  void watch(const polled_pair& pair, int waits) {
    io::asio::co_spawn(context, count_wakes(&by, pair.place, &wakes, waits), io::asio::detached);
  }
  int after_a_turn() {
    context.restart();
    context.poll();
    return wakes;
  }
};

}  // namespace

TEST_CASE("a waiter goes on at every change, and not before") {
  scene on;
  polled_pair pair(on.by);
  on.watch(pair, 3);
  on.after_a_turn();
  CHECK(on.after_a_turn() == 1);  // a new socket is writable
  pair.send();
  CHECK(on.after_a_turn() == 2);
  CHECK(on.after_a_turn() == 2);  // what is not read is no news
  pair.send();
  CHECK(on.after_a_turn() == 3);
}

TEST_CASE("a change that nobody waited for is not lost") {
  scene on;
  polled_pair pair(on.by), other(on.by);
  on.watch(pair, 1);
  on.after_a_turn();
  CHECK(on.after_a_turn() == 1);
  pair.send();
  on.watch(other, 2);  // the set is looked at for somebody else
  on.after_a_turn();
  CHECK(on.after_a_turn() == 2);
  on.watch(pair, 1);
  CHECK(on.after_a_turn() == 3);
}

TEST_CASE("who waits on a socket that is closed goes on, and the loop ends") {
  scene on;
  polled_pair pair(on.by);
  on.watch(pair, 2);
  on.after_a_turn();
  CHECK(on.after_a_turn() == 1);
  pair.close();
  on.context.restart();
  on.context.run();
  CHECK(on.wakes == 2);
}

TEST_CASE("an event of a closed socket does not wake who has its place") {
  scene on;
  std::optional<polled_pair> first(on.by);
  polled_pair second(on.by);
  on.watch(*first, 1);
  on.watch(second, 1);
  on.after_a_turn();
  CHECK(on.after_a_turn() == 2);
  // Both have events; whoever is woken first closes the other, whose place is taken again.
  first.reset();
  polled_pair third(on.by);
  on.watch(third, 1);
  on.after_a_turn();
  CHECK(on.after_a_turn() == 3);
  CHECK(on.after_a_turn() == 3);
}

TEST_CASE("more sockets than one turn takes are all served") {
  scene on;
  std::vector<std::unique_ptr<polled_pair>> pairs;
  for (int i = 0; i < 400; ++i) pairs.push_back(std::make_unique<polled_pair>(on.by));
  for (const auto& pair : pairs) on.watch(*pair, 2);
  for (const auto& pair : pairs) pair->send();
  on.context.run_for(std::chrono::seconds(1));
  CHECK(on.wakes >= 400);
  for (const auto& pair : pairs) pair->send();
  on.context.restart();
  on.context.run();  // to the end of every waiter
  CHECK(on.wakes == 800);
}

TEST_CASE("a context may end with waiters left") {
  scene on;
  polled_pair pair(on.by);
  on.watch(pair, 5);
  on.after_a_turn();
  CHECK(on.after_a_turn() == 1);
}

TEST_CASE("a socket that gave less than was asked for has nothing more until the set says so") {
  scene on;
  polled_pair pair(on.by);
  on.watch(pair, 4);
  on.after_a_turn();
  CHECK(on.after_a_turn() == 1);
  CHECK(on.by.may_read(pair.place));  // nobody has read yet
  pair.send();
  CHECK(on.after_a_turn() == 2);
  pair.receive();
  on.by.note_short_read(pair.place);
  CHECK_FALSE(on.by.may_read(pair.place));
  CHECK(on.after_a_turn() == 2);
  pair.send();
  CHECK(on.after_a_turn() == 3);
  CHECK(on.by.may_read(pair.place));
  on.by.note_short_read(pair.place);
  on.by.note_bytes(pair.place);
  CHECK(on.by.may_read(pair.place));
}

TEST_CASE("behind its last bytes a socket's end may always be read") {
  scene on;
  polled_pair pair(on.by);
  on.watch(pair, 2);
  on.after_a_turn();
  CHECK(on.after_a_turn() == 1);
  pair.send();
  REQUIRE(::shutdown(pair.ends[1], SHUT_WR) == 0);
  CHECK(on.after_a_turn() == 2);  // both are told at once
  pair.receive();
  on.by.note_short_read(pair.place);
  CHECK(on.by.may_read(pair.place));
}

TEST_CASE("a place's next socket has all before it") {
  scene on;
  std::optional<polled_pair> first(on.by);
  const poller::place place = first->place;
  on.by.note_short_read(place);
  first.reset();
  polled_pair second(on.by);
  REQUIRE(second.place == place);
  CHECK(on.by.may_read(place));
}
