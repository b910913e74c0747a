#include "io/http/http_client.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <future>
#include <thread>
#include <vector>

#include "tests/support/http_checks.hpp"
#include "tests/support/kept_body.hpp"

using namespace retort;
using namespace std::chrono_literals;
using test::check_body;
using test::check_error;
using test::chunked;
using test::dialogue;
using test::endpoint_at;
using test::long_text;
using test::ok;
using test::over_tls;
using test::requester;
using test::scripted_peer;
using test::soon;
using test::timed_out;

namespace {

const test::peer_options plain_http{.tls = false};

}  // namespace

TEST_CASE("a request goes out whole and its response comes back") {
  scripted_peer peer;
  peer.plays(
      dialogue()
          .hears()
          .says("HTTP/1.1 429 Too Many Requests\r\nRetry-After: 7\r\nContent-Length: 4\r\n\r\nslow")
          .sees_close());
  {
    requester client(peer.endpoint());
    const auto& got = client.post("{\"a\":1}");
    check_body(got, "slow");
    CHECK(got->status == 429);
    CHECK(got->header("retry-after") == "7");
    CHECK_FALSE(got->retried_stale);
    CHECK(got->written <= got->first_byte);
    CHECK(got->first_byte <= got->last_byte);
    CHECK(client.counters().connections == 1);
    CHECK(client.counters().resumed == 0);
    CHECK(client.counters().stale == 0);
  }
  CHECK(peer.finish() == "");
  CHECK(peer.heard() == std::vector{fmt::format("POST /v1/chat/completions HTTP/1.1\r\n"
                                                "Host: 127.0.0.1:{}\r\n"
                                                "User-Agent: retort/0.1\r\n"
                                                "Accept: */*\r\n"
                                                "Accept-Encoding: gzip\r\n"
                                                "Content-Type: application/json\r\n"
                                                "Content-Length: 7\r\n"
                                                "\r\n"
                                                "{{\"a\":1}}",
                                                peer.port())});
}

TEST_CASE("a response says how its connection was opened, where that was for its request") {
  using std::chrono::nanoseconds;
  for (const bool tls : {true, false}) {
    scripted_peer peer(test::peer_options{.tls = tls});
    peer.plays(dialogue().hears().says(ok("one")).hears().says(ok("two")).sees_close());
    {
      requester client(peer.endpoint());
      const auto first = client.post("1");
      REQUIRE(first.has_value());
      REQUIRE(first->opened.has_value());
      CHECK(first->opened->tcp > nanoseconds(0));
      CHECK(first->opened->tls.count() != 0);
      CHECK((first->opened->tls > nanoseconds(0)) == tls);
      const auto second = client.post("2");
      REQUIRE(second.has_value());
      CHECK_FALSE(second->opened.has_value());  // kept
    }
    CHECK(peer.finish() == "");
  }
}

TEST_CASE("plain http works as https does") {
  scripted_peer peer(plain_http);
  peer.plays(dialogue().hears("POST /v1/").says(ok("one")).hears().says(ok("two")).sees_close());
  {
    requester client(peer.endpoint());
    check_body(client.post("1"), "one");
    check_body(client.post("2"), "two");
    CHECK(client.counters().connections == 1);
  }
  CHECK(peer.finish() == "");
}

TEST_CASE("a connection is kept and carries the next request") {
  scripted_peer peer;
  peer.plays(dialogue()
                 .hears()
                 .says(ok("one"))
                 .hears()
                 .says(chunked("two", 1))
                 .hears()
                 .says("HTTP/1.1 204 No Content\r\n\r\n")
                 .hears()
                 .says("HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 4\r\n\r\nfour")
                 .hears()
                 .says("HTTP/1.1 500 Oops\r\nContent-Length: 0\r\n\r\n")
                 .sees_close());
  {
    requester client(peer.endpoint());
    check_body(client.post("1"), "one");
    check_body(client.post("2"), "two");
    check_body(client.post("3"), "");
    check_body(client.post("4"), "four");
    check_body(client.post("5"), "");
    CHECK(client.counters().connections == 1);
  }
  CHECK(peer.finish() == "");
}

TEST_CASE("a kept connection that died before its response is replaced once, and counted") {
  for (const auto& dies : {&dialogue::closes, &dialogue::cuts, &dialogue::resets}) {
    for (const bool tls : {true, false}) {
      scripted_peer peer({.tls = tls});
      dialogue first = dialogue().hears().says(ok("one")).hears();
      peer.plays((first.*dies)());
      peer.plays(dialogue().hears().says(ok("two")).hears().says(ok("three")).sees_close());
      {
        requester client(peer.endpoint());
        check_body(client.post("1"), "one");
        const auto& second = client.post("2");
        check_body(second, "two");
        CHECK(second->retried_stale);
        const auto& third = client.post("3");
        check_body(third, "three");
        CHECK_FALSE(third->retried_stale);
        CHECK(client.counters().stale == 1);
        CHECK(client.counters().connections == 2);
      }
      CHECK(peer.finish() == "");
      const auto heard = peer.heard();
      REQUIRE(heard.size() == 4);
      CHECK(heard[1] == heard[2]);
    }
  }
}

TEST_CASE("a kept connection that ends later than a close could cross is a request that failed") {
  for (const auto& dies : {&dialogue::closes, &dialogue::cuts, &dialogue::resets}) {
    for (const bool tls : {true, false}) {
      for (const bool streamed : {true, false}) {
        scripted_peer peer({.tls = tls});
        dialogue first = dialogue().hears().says(ok("one")).hears().does(
            [] { std::this_thread::sleep_for(200ms); });
        peer.plays((first.*dies)());
        {
          auto to = peer.endpoint();
          to.crossing = io::http_endpoint().crossing;
          requester client(to);
          check_body(client.post("1"), "one");
          test::kept_body sink;
          const auto& got = client.finish(client.start("2", 30s, streamed ? &sink : nullptr));
          check_error(got, errc::reset, "the connection ended before the response");
          CHECK_FALSE(got.error().unsent);
          CHECK(client.counters().stale == 0);
        }
        CHECK(peer.finish() == "");
        CHECK(peer.connections() == 1);
      }
    }
  }
}

TEST_CASE("a 408 that comes later than a close could cross is the request's answer") {
  scripted_peer peer;
  peer.plays(dialogue()
                 .hears()
                 .says(ok("one"))
                 .hears()
                 .does([] { std::this_thread::sleep_for(200ms); })
                 .says("HTTP/1.1 408 Request Timeout\r\nConnection: close\r\n\r\n")
                 .closes());
  {
    auto to = peer.endpoint();
    to.crossing = io::http_endpoint().crossing;
    requester client(to);
    check_body(client.post("1"), "one");
    const auto& got = client.post("2");
    REQUIRE(got.has_value());
    CHECK(got->status == 408);
    CHECK_FALSE(got->retried_stale);
  }
  CHECK(peer.finish() == "");
}

TEST_CASE("there is one free retry, not two") {
  scripted_peer peer;
  peer.plays(dialogue().hears().says(ok("one")).hears().closes());
  peer.plays(dialogue().hears().closes());
  {
    requester client(peer.endpoint());
    check_body(client.post("1"), "one");
    check_error(client.post("2"), errc::reset, "the connection ended before the response");
    CHECK(client.counters().stale == 1);
  }
  CHECK(peer.finish() == "");
  CHECK(peer.connections() == 2);
}

TEST_CASE("the free retry is made on a fresh connection, not on another kept one") {
  std::promise<void> first_is_done;
  scripted_peer peer;
  peer.plays(dialogue().hears().says(ok("first")).sees_close());
  peer.plays(dialogue()
                 .hears()
                 .does([&] { first_is_done.get_future().wait(); })
                 .says(ok("second"))
                 .hears()
                 .closes());
  peer.plays(dialogue().hears().says(ok("third")).sees_close());
  {
    requester client(peer.endpoint());
    auto& one = client.start("1");
    auto& two = client.start("2");
    check_body(client.finish(one), "first");
    first_is_done.set_value();
    check_body(client.finish(two), "second");
    check_body(client.post("3"), "third");
    CHECK(client.counters().stale == 1);
  }
  CHECK(peer.finish() == "");
}

TEST_CASE("a fresh connection that dies is no reason for a free retry") {
  for (const auto& dies : {&dialogue::closes, &dialogue::cuts, &dialogue::resets}) {
    scripted_peer peer;
    dialogue only = dialogue().hears();
    peer.plays((only.*dies)());
    {
      requester client(peer.endpoint());
      check_error(client.post("1"), errc::reset, "the connection ended before the response");
      CHECK(client.counters().stale == 0);
    }
    CHECK(peer.finish() == "");
    CHECK(peer.connections() == 1);
  }
}

TEST_CASE(
    "a large request goes out anew and whole when its kept connection dies while it is sent") {
  const std::string large = long_text(8 << 20);
  for (const bool tls : {true, false}) {
    scripted_peer peer({.tls = tls});
    peer.plays(dialogue().hears().says(ok("one")).hears_something().resets());
    peer.plays(dialogue().hears().says(ok("two")).sees_close());
    {
      requester client(peer.endpoint());
      check_body(client.post("1"), "one");
      const auto& got = client.post(large);
      check_body(got, "two");
      CHECK((got && got->retried_stale));
    }
    CHECK(peer.finish() == "");
    CHECK(peer.heard().back().ends_with("\r\n\r\n" + large));
  }
}

TEST_CASE("requests that are sent at the same time keep their own bytes") {
  for (const bool tls : {true, false}) {
    scripted_peer peer({.tls = tls});
    std::vector<std::string> bodies;
    for (const char c : {'a', 'b', 'c'}) {
      bodies.push_back(long_text(3 << 20) + c);
      peer.plays(dialogue().hears().says(ok("ok")).sees_close());
    }
    {
      requester client(peer.endpoint());
      std::vector<requester::request*> under_way;
      for (const auto& body : bodies) under_way.push_back(&client.start(body));
      for (auto* one : under_way) check_body(client.finish(*one), "ok");
    }
    CHECK(peer.finish() == "");
    const std::vector<std::string> heard = peer.heard();
    for (const auto& body : bodies) {
      const auto is_it = [&](const std::string& one) { return one.ends_with("\r\n\r\n" + body); };
      CHECK(std::ranges::count_if(heard, is_it) == 1);
    }
  }
}

TEST_CASE("after a byte of the response there is no free retry") {
  for (const char* begun : {"H", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nab"}) {
    for (const auto& dies : {&dialogue::closes, &dialogue::cuts}) {
      scripted_peer peer;
      dialogue only = dialogue().hears().says(ok("one")).hears().says(begun);
      peer.plays((only.*dies)());
      {
        requester client(peer.endpoint());
        check_body(client.post("1"), "one");
        check_error(client.post("2"), errc::reset,
                    "the connection ended in the middle of the response");
        CHECK(client.counters().stale == 0);
      }
      CHECK(peer.finish() == "");
      CHECK(peer.connections() == 1);
    }
  }
}

TEST_CASE("the deadline ends a request in every phase, and the next one succeeds") {
  const std::string half = "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello";
  struct {
    const char* phase;
    dialogue script;
    bool tls = true;
  } const table[] = {
      {"handshake", dialogue().ignores_the_rest()},
      {"waiting", dialogue().shakes_hands().hears().sees_close()},
      {"inside the header", dialogue().shakes_hands().hears().says("HTTP/1.1 2").sees_close()},
      {"inside the body", dialogue().shakes_hands().hears().says(half).sees_close()},
      // Less than a record is here, and the rest never comes: nothing must spin on it.
      {"inside a record", dialogue().shakes_hands().hears().says_cut_record(half).sees_close()},
      {"waiting, plain", dialogue().hears().sees_close(), false},
      {"inside the body, plain", dialogue().hears().says(half).sees_close(), false},
  };
  for (const auto& [phase, script, tls] : table) {
    CAPTURE(phase);
    scripted_peer peer({.tls = tls});
    peer.plays_bare(script);
    peer.plays(dialogue().hears().says(ok("in time")).sees_close());
    {
      requester client(peer.endpoint());
      check_error(client.post("1", soon), errc::timeout, timed_out);
      check_body(client.post("2"), "in time");
      CHECK(client.counters().stale == 0);
    }
    CHECK(peer.finish() == "");
  }
}

TEST_CASE("the deadline ends a large request that the server does not read") {
  for (const bool tls : {true, false}) {
    std::promise<void> over;
    scripted_peer peer({.tls = tls});
    peer.plays(dialogue().does([&] { over.get_future().wait(); }));
    {
      requester client(peer.endpoint());
      check_error(client.post(long_text(32 << 20), soon), errc::timeout, timed_out);
      over.set_value();
    }
    CHECK(peer.finish() == "");
  }
}

TEST_CASE("the deadline of a request holds on a kept connection as well") {
  scripted_peer peer;
  peer.plays(dialogue().hears().says(ok("one")).hears().sees_close());
  {
    requester client(peer.endpoint());
    check_body(client.post("1"), "one");
    check_error(client.post("2", soon), errc::timeout, timed_out);
    CHECK(client.counters().stale == 0);
  }
  CHECK(peer.finish() == "");
  CHECK(peer.connections() == 1);
}

TEST_CASE("a deadline that has passed before the request begins is a timeout") {
  scripted_peer peer;
  requester client(peer.endpoint());
  check_error(client.post("1", 0ms), errc::timeout, timed_out);
  CHECK(peer.finish() == "");
  CHECK(peer.connections() == 0);
}

TEST_CASE("each request has its own deadline") {
  scripted_peer peer;
  std::promise<void> other_is_over;
  const auto over = other_is_over.get_future().share();
  peer.plays(dialogue().hears().sees_close().does([&] { other_is_over.set_value(); }));
  peer.plays(dialogue().hears().does([&] { over.wait(); }).says(ok("late")).sees_close());
  {
    requester client(peer.endpoint());
    auto& hasty = client.start("1", soon);
    auto& patient = client.start("2");
    check_body(client.finish(patient), "late");
    check_error(client.finish(hasty), errc::timeout, timed_out);
  }
  CHECK(peer.finish() == "");
}

TEST_CASE("a stopped client cancels what is under way, in every phase, and what comes later") {
  const std::string half = "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello";
  const std::vector<dialogue> scripts = {
      dialogue(),
      dialogue().shakes_hands(),
      dialogue().shakes_hands().hears(),
      dialogue().shakes_hands().hears().says(half),
  };
  for (dialogue script : scripts) {
    scripted_peer peer;
    requester client(peer.endpoint());
    peer.plays_bare(script.does([&] { client.stop_soon(); }).ignores_the_rest());
    check_error(client.post("1"), errc::cancelled, "stopped");
    check_error(client.post("2"), errc::cancelled, "stopped");
    CHECK(peer.finish() == "");
    CHECK(peer.connections() == 1);
  }
}

TEST_CASE("a stopped client does not try a request again") {
  scripted_peer peer;
  requester client(peer.endpoint());
  peer.plays(dialogue()
                 .hears()
                 .says(ok("one"))
                 .hears()
                 .does([&] { client.stop_soon(); })
                 .ignores_the_rest());
  check_body(client.post("1"), "one");
  check_error(client.post("2"), errc::cancelled, "stopped");
  CHECK(client.counters().stale == 0);
  CHECK(peer.finish() == "");
  CHECK(peer.connections() == 1);
}

TEST_CASE("a sink gets what has come while the rest is still to come") {
  scripted_peer peer;
  std::promise<void> first_seen;
  const std::string head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
  peer.plays(dialogue()
                 .hears()
                 .says(head + "3\r\none\r\n")
                 .does([&] { first_seen.get_future().wait_for(30s); })
                 .says("3\r\ntwo\r\n0\r\n\r\n")
                 .hears()
                 .says(ok("three"))
                 .sees_close());
  {
    requester client(peer.endpoint());
    test::kept_body sink;
    sink.taken = [&] {
      if (sink.text == "one") first_seen.set_value();
    };
    const auto& got = client.finish(client.start("1", 30s, &sink));
    REQUIRE(got.has_value());
    CHECK(got->body == "");
    CHECK(sink.text == "onetwo");
    CHECK(got->first_byte <= sink.last);
    CHECK(sink.last <= got->last_byte);
    check_body(client.post("2"), "three");
    CHECK(client.counters().connections == 1);
  }
  CHECK(peer.finish() == "");
}

TEST_CASE("a body that its sink knows to be over need not come to its end") {
  const std::string head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
  scripted_peer peer;
  peer.plays(dialogue().hears().says(head + "4\r\ndone\r\n").sees_close());
  peer.plays(dialogue().hears().says(head + "4\r\ndone\r\n").cuts());
  {
    requester client(peer.endpoint());
    for (int i = 0; i < 2; ++i) {
      test::kept_body sink;
      sink.end = "done";
      const auto& got = client.finish(client.start("1", 30s, &sink));
      REQUIRE(got.has_value());
      CHECK(got->status == 200);
      CHECK(sink.text == "done");
    }
    CHECK(client.counters().connections == 2);  // the first one is not used again
  }
  CHECK(peer.finish() == "");
}

TEST_CASE("a sink hears nothing of an error's body, nor of a request that is sent again") {
  scripted_peer peer;
  peer.plays(dialogue().hears().says(ok("one")).hears().closes());
  peer.plays(
      dialogue().hears().says("HTTP/1.1 429 Slow\r\nContent-Length: 4\r\n\r\nslow").sees_close());
  {
    requester client(peer.endpoint());
    check_body(client.post("1"), "one");
    test::kept_body sink;
    const auto& got = client.finish(client.start("2", 30s, &sink));
    check_body(got, "slow");
    CHECK(got->retried_stale);
    CHECK(sink.text == "");
  }
  CHECK(peer.finish() == "");
}

TEST_CASE("the 408 of a server that gives an idle connection up is not the next request's") {
  const std::string idle = "HTTP/1.1 408 Request Timeout\r\nConnection: close\r\n\r\n";
  scripted_peer peer;
  peer.plays(dialogue().hears().says(ok("one")).hears().says(idle).closes());
  peer.plays(dialogue().hears().says(idle).closes());
  {
    requester client(peer.endpoint());
    check_body(client.post("1"), "one");
    const auto& second = client.post("2");  // on a fresh connection it is an answer
    REQUIRE(second.has_value());
    CHECK(second->status == 408);
    CHECK(second->retried_stale);
    CHECK(client.counters().stale == 1);
  }
  CHECK(peer.finish() == "");
}

TEST_CASE(
    "of two responses to one request on a kept connection neither is taken, nor passed over") {
  for (const char* more : {"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\ntwo", "}", "\r\nHTTP"}) {
    for (const bool streamed : {false, true}) {
      scripted_peer peer;
      peer.plays(dialogue().hears().says(ok("one")).hears().says(ok("late") + more).sees_close());
      {
        requester client(peer.endpoint());
        check_body(client.post("1"), "one");
        test::kept_body sink;
        const auto& got = client.finish(client.start("2", 30s, streamed ? &sink : nullptr));
        check_error(got, errc::protocol, "more came than the response: whose it is cannot be told");
        CHECK_FALSE(got.error().unsent);
        CHECK(client.counters().stale == 0);
      }
      CHECK(peer.finish() == "");
      CHECK(peer.connections() == 1);
    }
  }
}

TEST_CASE("ends of lines behind an answer are no second one, and end its connection") {
  for (const char* blank : {"\n", "\r\n", "\r\n\r\n"}) {
    for (const bool tls : {true, false}) {
      scripted_peer peer({.tls = tls});
      peer.plays(dialogue().hears().says(ok("one")).hears().says(ok("two") + blank).sees_close());
      peer.plays(dialogue().hears().says(ok("three")).sees_close());
      {
        requester client(peer.endpoint());
        for (const char* answer : {"one", "two", "three"}) check_body(client.post("x"), answer);
        CHECK(client.counters().stale == 0);
        CHECK_FALSE(client.answers_unasked());
      }
      CHECK(peer.finish() == "");
    }
  }
}

TEST_CASE("a server that closes behind its answers without saying so is not waited for") {
  scripted_peer peer(plain_http);
  peer.plays_always(dialogue().hears().says(ok("ok")).half_closes().ignores_the_rest());
  {
    requester client(peer.endpoint());
    for (int i = 0; i < 20; ++i) check_body(client.post("x"), "ok");
  }
  CHECK(peer.finish() == "");
}

TEST_CASE("a whole answer is taken though its proper end does not come") {
  const std::string head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
  const std::string answer = head + "5\r\nwhole\r\n";
  struct {
    std::string then;
    dialogue script;
  } const table[] = {
      {"silence", dialogue().hears().says(answer).sees_close()},
      {"heartbeats", dialogue().hears().says(answer).keeps_saying("2\r\n: \r\n", 5ms)},
      {"the end", dialogue().hears().says(answer).closes()},
      {"a cut", dialogue().hears().says(answer).cuts()},
      {"no chunk", dialogue().hears().says(answer + "what?\r\n").sees_close()},
  };
  for (const auto& [then, script] : table) {
    CAPTURE(then);
    scripted_peer peer;
    peer.plays(script);
    peer.plays(dialogue().hears().says(head + "5\r\nwhole\r\n1\r\n!\r\n0\r\n\r\n").sees_close());
    {
      requester client(peer.endpoint());
      test::kept_body cut, proper;
      cut.enough = proper.enough = "whole";
      const auto& got = client.finish(client.start("1", 30s, &cut));
      CHECK((got ? "" : got.error().message) == "");
      CHECK(cut.text.starts_with("whole"));
      CHECK(client.finish(client.start("2", 30s, &proper)).has_value());
      CHECK(proper.text == "whole!");
      CHECK(client.counters().connections == 2);
    }
    CHECK(peer.finish() == "");
  }
}

TEST_CASE("an answer that is not whole is not taken for one, however long it pauses") {
  const std::string answer = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n";
  scripted_peer peer;
  peer.plays(dialogue().hears().says(answer).cuts());
  peer.plays(dialogue().hears().says(answer).sees_close());
  {
    requester client(peer.endpoint());
    test::kept_body first, second;
    first.enough = second.enough = "whole";
    check_error(client.finish(client.start("1", 30s, &first)), errc::reset,
                "the connection ended in the middle of the response");
    check_error(client.finish(client.start("2", soon, &second)), errc::timeout, timed_out);
  }
  CHECK(peer.finish() == "");
}

TEST_CASE("an answer that seemed whole and goes on has its time again") {
  const std::string head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nwhole\r\n";
  scripted_peer peer;
  const auto pause = [](auto time) { return [time] { std::this_thread::sleep_for(time); }; };
  peer.plays(dialogue()
                 .hears()
                 .says(head)
                 .does(pause(50ms))
                 .says("4\r\nmore\r\n")
                 .does(pause(1200ms))
                 .says("3\r\nend\r\n0\r\n\r\n")
                 .sees_close());
  {
    requester client(peer.endpoint());
    test::kept_body answer;
    answer.enough = "whole";
    CHECK(client.finish(client.start("1", 30s, &answer)).has_value());
    CHECK(answer.text == "wholemoreend");
  }
  CHECK(peer.finish() == "");
}
