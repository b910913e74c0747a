#include "io/http/connection_pool.hpp"

#include <doctest/doctest.h>

#include <array>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <deque>
#include <vector>

#include "tests/support/http_checks.hpp"

using namespace retort;
using namespace std::chrono_literals;
using io::pending;
using io::silence;
using io::slot;
using test::dialogue;
using test::endpoint_at;
using test::scripted_peer;
using clock_type = io::connection_pool::clock;

namespace {

const test::peer_options plain_http{.tls = false};

// A request that never was answered within this time would be one that is lost.
pending patient() { return pending(clock_type::now() + 30s); }

// A pool with an event loop of its own.
struct scene {
  explicit scene(io::http_endpoint to_) : to(std::move(to_)) {
    REQUIRE(pool.load_authorities().has_value());
  }
  ~scene() {
    pool.stop();
    context.restart();
    context.run();
  }

  void begin(pending& request) {
    auto opening = [](scene* on, pending* of) -> io::awaitable<> {
      auto got = co_await open_slot(&on->pool, of);
      on->opened.push_back(std::move(got));
    };
    io::asio::co_spawn(context, opening(this, &request), io::asio::detached);
  }
  void await_slot(pending& request, slot* into) {
    auto waiting = [](scene* on, pending* of, slot* got) -> io::awaitable<> {
      *got = co_await wait_for_slot(&on->pool, of);
      ++on->called;
    };
    io::asio::co_spawn(context, waiting(this, &request, into), io::asio::detached);
    turn();
  }
  // As a request does: then it opens one.
  void queue(pending& request, int number, std::vector<int>* went) {
    auto waiting = [](scene* on, pending* of, int own, std::vector<int>* into) -> io::awaitable<> {
      auto free = co_await wait_for_slot(&on->pool, of);
      if (of->is_over()) co_return;
      into->push_back(own);
      auto got = co_await open_slot(&on->pool, of);
    };
    io::asio::co_spawn(context, waiting(this, &request, number, went), io::asio::detached);
    turn();
  }
  // All that can happen without waiting.
  void turn() {
    context.restart();
    context.poll();
  }
  // Whatever comes of the next one.
  result<slot> next() {
    context.restart();
    while (opened.empty()) REQUIRE(context.run_one() == 1);
    auto first = std::move(opened.front());
    opened.clear();
    return first;
  }
  slot open() {
    pending request = patient();
    begin(request);
    auto got = next();
    REQUIRE(got.has_value());
    return std::move(*got);
  }

  io::asio::io_context context{1};
  io::http_endpoint to;
  io::connection_pool pool{context.get_executor(), &to};
  std::vector<result<slot>> opened;
  int called = 0;  // of those that await_slot()
};

bool is_open(const io::connection& one) { return one.link.native_handle() >= 0; }

}  // namespace

TEST_CASE("a slot is free once it was given back, and one request's at a time") {
  scripted_peer peer;
  peer.plays(dialogue().sees_close());
  {
    scene on(peer.endpoint());
    CHECK(on.pool.take_free(clock_type::now()) == nullptr);
    slot only = on.open();
    const io::connection* const known = only.get();
    CHECK(on.pool.take_free(clock_type::now()) == nullptr);
    REQUIRE(on.pool.look_behind(*only, "", true, clock_type::now()) == silence::quiet);
    on.pool.give_back(std::move(only));
    const slot again = on.pool.take_free(clock_type::now());
    CHECK(again.get() == known);
    CHECK(on.pool.take_free(clock_type::now()) == nullptr);
    CHECK(on.pool.opened() == 1);
  }
  CHECK(peer.finish() == "");
}

TEST_CASE("what came behind a response tells whether its slot can be given back") {
  scripted_peer peer(plain_http);
  peer.plays(dialogue().sees_close());
  {
    scene on(peer.endpoint());
    const slot only = on.open();
    const auto behind = [&](const char* surplus, bool keeps_alive) {
      return on.pool.look_behind(*only, surplus, keeps_alive, clock_type::now());
    };
    CHECK(behind("", true) == silence::quiet);
    CHECK(behind("", false) == silence::ended);
    CHECK(behind("\r\n", true) == silence::blank);
    CHECK(behind("}", true) == silence::broken);
    CHECK(on.pool.keeps_connections());
    CHECK(behind("HTTP/1.1 200 OK\r\n", true) == silence::answered);
    CHECK_FALSE(on.pool.keeps_connections());
  }
  CHECK(peer.finish() == "");
}

TEST_CASE("the end of a request ends what it is on, and not its neighbours") {
  scripted_peer peer(plain_http);
  for (int i = 0; i < 2; ++i) peer.plays(dialogue().sees_close());
  {
    scene on(peer.endpoint());
    const slot one = on.open(), other = on.open();
    pending first = patient(), second = patient();
    first.on = one.get();
    second.on = other.get();
    on.pool.end(first);
    CHECK_FALSE(is_open(*one));
    CHECK(is_open(*other));
    CHECK(other->link.look() == silence::quiet);
  }
  CHECK(peer.finish() == "");
}

TEST_CASE("a request that ends while its connection is opened is told so, whatever it waits for") {
  scripted_peer peer(plain_http);
  peer.plays_bare(dialogue().ignores_the_rest());
  {
    scene on(test::over_tls(peer));
    pending request = patient();
    on.begin(request);
    while (request.on == nullptr || !is_open(*request.on)) REQUIRE(on.context.run_one() == 1);
    on.pool.end(request);
    CHECK_FALSE(on.next().has_value());
    CHECK(request.on == nullptr);
    CHECK(on.pool.opened() == 0);
  }
  CHECK(peer.finish() == "");
}

TEST_CASE("while as many are opened as may be, who comes takes in turn what gets free") {
  scripted_peer peer(plain_http), deaf(plain_http);
  peer.plays(dialogue().sees_close());
  deaf.plays_always(dialogue().ignores_the_rest());
  {
    scene other(peer.endpoint());
    slot freed = other.open();
    const io::connection* const known = freed.get();
    scene on(test::over_tls(deaf));
    CHECK_FALSE(on.pool.must_wait());
    std::deque<pending> opening;
    for (int i = 0; i < 128; ++i) on.begin(opening.emplace_back(clock_type::now() + 30s));
    on.turn();
    REQUIRE(on.pool.must_wait());

    pending first = patient(), second = patient(), third = patient();
    slot got_first, got_second, got_third;
    on.await_slot(first, &got_first);
    on.await_slot(second, &got_second);
    on.pool.give_back(std::move(freed));
    CHECK(on.pool.take_free(clock_type::now()) == nullptr);  // it is the first's
    on.turn();
    REQUIRE(got_first.get() == known);
    CHECK(got_second == nullptr);
    on.pool.give_back(std::move(got_first));
    on.turn();
    REQUIRE(got_second.get() == known);
    CHECK(on.pool.must_wait());  // as many are opened as before

    on.await_slot(third, &got_third);
    third.stopped = true;
    on.pool.end(third);
    on.turn();
    on.pool.give_back(std::move(got_second));
    CHECK(on.pool.take_free(clock_type::now()).get() == known);  // nobody waits any more
    for (pending& one : opening) {
      one.stopped = true;
      on.pool.end(one);
    }
    on.turn();
    CHECK_FALSE(on.pool.must_wait());
  }
  CHECK(peer.finish() == "");
}

TEST_CASE("who waits opens one as soon as it is its turn") {
  scripted_peer deaf(plain_http);
  deaf.plays_always(dialogue().ignores_the_rest());
  scene on(test::over_tls(deaf));
  std::deque<pending> opening;
  for (int i = 0; i < 128; ++i) on.begin(opening.emplace_back(clock_type::now() + 30s));
  on.turn();
  std::deque<pending> waiting;
  std::array<slot, 3> got;
  for (slot& into : got) on.await_slot(waiting.emplace_back(clock_type::now() + 30s), &into);
  CHECK(on.called == 0);
  for (pending& one : opening) {
    one.stopped = true;
    on.pool.end(one);
  }
  on.turn();
  CHECK(on.called == 3);
  for (const slot& none : got) CHECK(none == nullptr);
}

TEST_CASE("who came first goes first, however many get room in one turn") {
  scripted_peer deaf(plain_http);
  deaf.plays_always(dialogue().ignores_the_rest());
  scene on(test::over_tls(deaf));
  std::deque<pending> opening, waiting;
  for (int i = 0; i < 128; ++i) on.begin(opening.emplace_back(clock_type::now() + 30s));
  on.turn();
  std::vector<int> went, expected;
  for (int i = 0; i < 60; ++i) on.queue(waiting.emplace_back(clock_type::now() + 30s), i, &went);
  std::size_t ended = 0;
  for (const std::size_t at_once : {4u, 1u, 9u, 20u}) {
    for (const std::size_t until = ended + at_once; ended < until; ++ended) {
      opening[ended].stopped = true;
      on.pool.end(opening[ended]);
      expected.push_back(static_cast<int>(ended));
    }
    on.turn();
    CHECK(went == expected);
  }
  for (std::deque<pending>* all : {&opening, &waiting}) {
    for (pending& one : *all) {
      one.stopped = true;
      on.pool.end(one);
    }
  }
  on.turn();
}
