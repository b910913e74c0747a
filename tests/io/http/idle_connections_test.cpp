#include "io/http/idle_connections.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <future>
#include <thread>
#include <vector>

#include "tests/support/http_checks.hpp"

using namespace retort;
using namespace std::chrono_literals;
using test::check_body;
using test::dialogue;
using test::ok;
using test::requester;
using test::scripted_peer;

namespace {

const test::peer_options plain_http{.tls = false};

// One side waits until the other says so.
class cue {
 public:
  void give() { promise_.set_value(); }
  // And for what was sent before to arrive: a busy kernel hands it over later.
  void wait() {
    promise_.get_future().wait_for(30s);
    std::this_thread::sleep_for(50ms);
  }

 private:
  std::promise<void> promise_;
};

}  // namespace

TEST_CASE("of several idle connections the newest is used first") {
  std::promise<void> first_is_done;
  scripted_peer peer;
  peer.plays(dialogue().hears().says(ok("first")).hears().says(ok("last")).sees_close());
  peer.plays(dialogue()
                 .hears()
                 .does([&] { first_is_done.get_future().wait(); })
                 .says(ok("second"))
                 .hears()
                 .says(ok("newest"))
                 .sees_close());
  {
    requester client(peer.endpoint());
    auto& one = client.start("1");
    auto& two = client.start("2");
    check_body(client.finish(one), "first");
    first_is_done.set_value();
    check_body(client.finish(two), "second");
    auto& three = client.start("3");
    auto& four = client.start("4");
    check_body(client.finish(three), "newest");
    check_body(client.finish(four), "last");
    CHECK(client.counters().connections == 2);
  }
  CHECK(peer.finish() == "");
}

TEST_CASE("a connection is not used again when there is any doubt about it") {
  struct {
    const char* why;
    std::string answer;
    bool ends = false;
  } const table[] = {
      {"the server says so", "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok"},
      {"HTTP/1.0", "HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok"},
      {"more bytes came than the response has", ok("ok") + "x"},
      {"a second response came", ok("ok") + ok("no")},
      {"the end of the connection ended the body", "HTTP/1.1 200 OK\r\n\r\nok", true},
  };
  for (const bool tls : {true, false}) {
    for (const auto& [why, answer, ends] : table) {
      CAPTURE(why);
      CAPTURE(tls);
      scripted_peer peer({.tls = tls});
      dialogue first = dialogue().hears().says(answer);
      peer.plays(ends ? first.closes() : first.sees_close());
      peer.plays(dialogue().hears().says(ok("again")).sees_close());
      {
        requester client(peer.endpoint());
        check_body(client.post("1"), "ok");
        check_body(client.post("2"), "again");
        CHECK(client.counters().connections == 2);
        CHECK(client.counters().stale == 0);
      }
      CHECK(peer.finish() == "");
    }
  }
}

TEST_CASE("a record after the response's own is not taken for the next response") {
  scripted_peer peer;
  peer.plays(dialogue().hears().says_in_records({ok("ok"), ok("no")}).sees_close());
  peer.plays(dialogue().hears().says(ok("again")).sees_close());
  {
    requester client(peer.endpoint());
    check_body(client.post("1"), "ok");
    check_body(client.post("2"), "again");
  }
  CHECK(peer.finish() == "");
}

TEST_CASE("what comes behind an answer is nobody's, whenever it comes before the next request") {
  for (const std::string& unasked :
       {ok("another's"), std::string("HTTP/1.1 408 Idle\r\nConnection: close\r\n\r\n"),
        std::string("\r\n")}) {
    for (const bool tls : {true, false}) {
      CAPTURE(unasked);
      CAPTURE(tls);
      cue answered, said;
      scripted_peer peer({.tls = tls});
      peer.plays(dialogue()
                     .hears()
                     .says(ok("one"))
                     .does([&] { answered.wait(); })
                     .says(unasked)
                     .does([&] { said.give(); })
                     .sees_close());
      peer.plays(dialogue().hears().says(ok("two")).ignores_the_rest());
      {
        requester client(peer.endpoint());
        check_body(client.post("1"), "one");
        answered.give();
        said.wait();
        check_body(client.post("2"), "two");
        CHECK(client.counters().connections == 2);
        CHECK(client.counters().stale == 0);
      }
      CHECK(peer.finish() == "");
    }
  }
}

TEST_CASE("an idle connection on which something comes is closed, though nobody wants it") {
  for (const char* stray : {"stray bytes", ""}) {
    cue answered, closed;
    scripted_peer peer(plain_http);
    dialogue first = dialogue().hears().says(ok("one")).does([&] { answered.wait(); }).says(stray);
    if (!*stray) first.half_closes();
    peer.plays(first.sees_close().does([&] { closed.give(); }));
    peer.plays(dialogue().hears().does([&] { closed.wait(); }).says(ok("two")).sees_close());
    {
      requester client(peer.endpoint());
      auto& one = client.start("1");
      auto& two = client.start("2");
      check_body(client.finish(one), "one");
      answered.give();
      check_body(client.finish(two), "two");
    }
    CHECK(peer.finish() == "");
  }
}

TEST_CASE("who was caught answering unasked gets each request on a connection of its own") {
  cue answered, said;
  scripted_peer peer;
  peer.plays(dialogue()
                 .hears()
                 .says(ok("one"))
                 .does([&] { answered.wait(); })
                 .says(ok("unasked"))
                 .does([&] { said.give(); })
                 .sees_close());
  for (const char* answer : {"two", "three"}) {
    peer.plays(dialogue().hears().says(ok(answer)).sees_close());
  }
  {
    requester client(peer.endpoint());
    check_body(client.post("1"), "one");
    answered.give();
    said.wait();
    check_body(client.post("2"), "two");
    check_body(client.post("3"), "three");
    CHECK(client.counters().connections == 3);
  }
  CHECK(peer.finish() == "");
}

TEST_CASE("an answer that comes glued to another is one that nobody asked for") {
  scripted_peer peer;
  peer.plays(dialogue().hears().says(ok("one") + ok("unasked")).sees_close());
  for (const char* answer : {"two", "three"}) {
    peer.plays(dialogue().hears().says(ok(answer)).sees_close());
  }
  {
    requester client(peer.endpoint());
    for (const char* answer : {"one", "two", "three"}) check_body(client.post("x"), answer);
    CHECK(client.counters().connections == 3);
    CHECK(client.answers_unasked());
  }
  CHECK(peer.finish() == "");
}

TEST_CASE("what is no answer costs its connection and no trust") {
  for (const char* stray : {"\r\n", "HTTP/1.1 408 Idle\r\nConnection: close\r\n\r\n"}) {
    scripted_peer peer;
    peer.plays(dialogue().hears().says(ok("one") + stray).sees_close());
    peer.plays(dialogue().hears().says(ok("two")).hears().says(ok("three")).sees_close());
    {
      requester client(peer.endpoint());
      for (const char* answer : {"one", "two", "three"}) check_body(client.post("x"), answer);
      CHECK_FALSE(client.answers_unasked());
    }
    CHECK(peer.finish() == "");
  }
}
