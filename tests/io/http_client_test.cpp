#include "io/http_client.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <sys/socket.h>
#include <unistd.h>

#include <future>

#include "tests/support/compress.hpp"
#include "tests/support/name_service.hpp"
#include "tests/support/requester.hpp"
#include "tests/support/scripted_peer.hpp"

using namespace retort;
using namespace std::chrono_literals;
using test::dialogue;
using test::ok;
using test::requester;
using test::scripted_peer;

namespace {

const test::peer_options plain_http{.tls = false};

// Long enough for what leads up to it on a slow machine; nothing depends on how long.
constexpr std::chrono::milliseconds soon{200};

void check_body(const requester::outcome& got, const std::string& body) {
  if (!got) FAIL_CHECK(got.error().message);
  if (got) CHECK(got->body == body);
}

void check_error(const requester::outcome& got, errc code, const std::string& message) {
  REQUIRE_FALSE(got.has_value());
  CHECK(got.error().code == code);
  CHECK(got.error().message == message);
}

const std::string timed_out = "no complete response before the request's deadline (timeout_s)";

std::string chunked(const std::string& body, std::size_t chunk) {
  std::string out = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
  for (std::size_t i = 0; i < body.size(); i += chunk) {
    const std::string data = body.substr(i, chunk);
    out += fmt::format("{:x}\r\n{}\r\n", data.size(), data);
  }
  return out + "0\r\n\r\n";
}

// A text that is different everywhere.
std::string long_text(std::size_t bytes) {
  std::string out;
  for (std::size_t i = 0; out.size() < bytes; ++i) out += fmt::format("{} ", i);
  out.resize(bytes);
  return out;
}

// A port at which nobody listens any more.
std::uint16_t free_port() {
  scripted_peer peer(plain_http);
  const std::uint16_t port = peer.port();
  peer.finish();
  return port;
}

// Listens, but its queue is full: to connect to it takes forever.
class full_listener {
 public:
  full_listener() : acceptor_(context_, {io::asio::ip::make_address("127.0.0.1"), 0}, true) {
    acceptor_.listen(0);
    while (waiting_.size() < 16 && connects()) continue;
  }
  std::string url() {
    return fmt::format("http://127.0.0.1:{}", acceptor_.local_endpoint().port());
  }

 private:
  bool connects() {
    auto& one = waiting_.emplace_back(context_);
    bool connected = false;
    one.async_connect(acceptor_.local_endpoint(),
                      [&](const boost::system::error_code& ec) { connected = !ec; });
    context_.restart();
    context_.run_for(100ms);
    return connected;
  }

  io::asio::io_context context_;
  io::asio::ip::tcp::acceptor acceptor_;
  std::deque<io::asio::ip::tcp::socket> waiting_;
};

io::http_endpoint endpoint_at(const std::string& url) {
  io::http_endpoint to;
  to.base = io::parse_url(url).value();
  return to;
}

test::peer_options proxy_to_example() {
  return {.tls = false, .identity = mock::make_certificate("api.example.com").value()};
}

io::http_endpoint example_through(const scripted_peer& proxy) {
  io::http_endpoint to = proxy.endpoint();
  to.proxy = to.base;
  to.base = io::parse_url("https://api.example.com/v1").value();
  return to;
}

dialogue tunnel() {
  return dialogue().hears("CONNECT ").says("HTTP/1.1 200 OK\r\n\r\n").shakes_hands();
}

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

TEST_CASE("a body that is cut off is an error, whatever ended it") {
  const std::string half = "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello";
  const std::string open = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n";
  for (const std::string& begun : {half, open}) {
    for (const auto& dies : {&dialogue::closes, &dialogue::cuts}) {
      for (const bool tls : {true, false}) {
        scripted_peer peer({.tls = tls});
        dialogue only = dialogue().hears().says(begun);
        peer.plays((only.*dies)());
        {
          requester client(peer.endpoint());
          check_error(client.post("1"), errc::reset,
                      "the connection ended in the middle of the response");
        }
        CHECK(peer.finish() == "");
      }
    }
  }
}

TEST_CASE("a body that is reset is an error") {
  scripted_peer peer;
  peer.plays(dialogue().hears().says("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc").resets());
  {
    requester client(peer.endpoint());
    const auto& got = client.post("1");
    REQUIRE_FALSE(got.has_value());
    CHECK(got.error().code == errc::reset);
  }
  CHECK(peer.finish() == "");
}

TEST_CASE("under TLS only a farewell ends a body without length") {
  for (const auto& [ends, whole] : {std::pair{&dialogue::closes, true}, {&dialogue::cuts, false}}) {
    scripted_peer peer;
    dialogue only = dialogue().hears().says("HTTP/1.1 200 OK\r\n\r\nhalf or whole?");
    peer.plays((only.*ends)());
    {
      requester client(peer.endpoint());
      const auto& got = client.post("1");
      CHECK(got.has_value() == whole);
      if (!got) CHECK(got.error().code == errc::reset);
    }
    CHECK(peer.finish() == "");
  }
}

TEST_CASE("a response is read however it comes") {
  const std::string body = long_text(3000);
  const std::vector<std::string> answers = {
      ok(body),
      chunked(body, 1),
      chunked(body, 1000),
      "HTTP/1.1 100 Continue\r\n\r\n" + ok(body),
      "HTTP/1.1 102 Processing\r\nX-A: b\r\n\r\nHTTP/1.1 103 Early Hints\r\n\r\n" + ok(body),
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-Sum\r\n\r\nbb8;a=b\r\n" + body +
          "\r\n0\r\nX-Sum: 1\r\n\r\n",
  };
  for (const bool tls : {true, false}) {
    for (const std::size_t piece : {1, 7, 1000}) {
      scripted_peer peer({.tls = tls});
      dialogue script;
      for (const auto& answer : answers) script.hears().says_in_pieces(answer, piece);
      peer.plays(script.sees_close());
      {
        requester client(peer.endpoint());
        for (const auto& answer : answers) {
          CAPTURE(answer.substr(0, 100));
          const auto& got = client.post("x");
          check_body(got, body);
          CHECK(got->status == 200);
          CHECK(got->header("x-a") == "");
        }
        CHECK(client.counters().connections == 1);
      }
      CHECK(peer.finish() == "");
    }
  }
}

TEST_CASE("gzip is asked for and removed") {
  const std::string body = long_text(100'000);
  const std::string packed = test::gzip(body);
  const std::string coding = "\r\nContent-Encoding: gzip\r\n";
  std::string in_chunks = chunked(packed, 777);
  in_chunks.insert(in_chunks.find("\r\n"), "\r\nContent-Encoding: gzip");
  scripted_peer peer;
  peer.plays(dialogue()
                 .hears()
                 .says("HTTP/1.1 200 OK" + coding +
                       fmt::format("Content-Length: {}\r\n\r\n", packed.size()) + packed)
                 .hears()
                 .says_in_pieces(in_chunks, 1234)
                 .hears()
                 .says("HTTP/1.1 200 OK" + coding + "Content-Length: 3\r\n\r\nbad")
                 .sees_close());
  {
    requester client(peer.endpoint());
    check_body(client.post("1"), body);
    check_body(client.post("2"), body);
    check_error(client.post("3"), errc::protocol,
                "the response's gzip body is broken or too large");
  }
  CHECK(peer.finish() == "");
  CHECK(peer.heard()[0].find("\r\nAccept-Encoding: gzip\r\n") != std::string::npos);
}

TEST_CASE("large requests and responses pass whole") {
  const std::string question = long_text(16 << 20);
  const std::string answer = long_text(20 << 20);
  for (const bool tls : {true, false}) {
    scripted_peer peer({.tls = tls});
    peer.plays(
        dialogue().hears().says(ok(answer)).hears().says(chunked(answer, 1 << 20)).sees_close());
    {
      requester client(peer.endpoint());
      // Compared without doctest's CHECK(a == b), which would print them.
      const auto& first = client.post(question);
      const bool first_is_whole = first.has_value() && first->body == answer;
      CHECK(first_is_whole);
      const auto& second = client.post(question);
      const bool second_is_whole = second.has_value() && second->body == answer;
      CHECK(second_is_whole);
      CHECK(client.counters().connections == 1);
    }
    CHECK(peer.finish() == "");
    for (const auto& heard : peer.heard()) {
      const bool is_whole = heard.ends_with("\r\n\r\n" + question);
      CHECK(is_whole);
    }
  }
}

TEST_CASE("what is no response, or too large a one, is an error and ends the connection") {
  struct {
    std::string answer, message;
  } const table[] = {
      {"SSH-2.0-OpenSSH_9.2\r\n\r\n", "the response is not valid HTTP/1.1: bad version"},
      {"HTTP/1.1 200 OK\r\nContent-Length: 33554433\r\n\r\n",
       "the response is too large: over 32 MB of body"},
      {"HTTP/1.1 200 OK\r\nX: " + std::string(70'000, 'x'),
       "the response is too large: over 64 KB of header"},
      {"HTTP/1.1 200 OK\r\nContent-Encoding: br\r\nContent-Length: 1\r\n\r\nx",
       "the response has an unknown content-encoding: br"},
  };
  for (const auto& [answer, message] : table) {
    scripted_peer peer;
    peer.plays(dialogue().hears().says(answer).sees_close());
    peer.plays(dialogue().hears().says(ok("again")).sees_close());
    {
      requester client(peer.endpoint());
      check_error(client.post("1"), errc::protocol, message);
      check_body(client.post("2"), "again");
    }
    CHECK(peer.finish() == "");
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

TEST_CASE("the deadline ends a connection that is not accepted") {
  full_listener full;
  requester client(endpoint_at(full.url()));
  check_error(client.post("1", soon), errc::timeout, timed_out);
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

TEST_CASE("a client that is stopped while it connects is cancelled") {
  full_listener full;
  requester client(endpoint_at(full.url()));
  auto& one = client.start("1");
  auto& two = client.start("2");
  client.stop_soon();
  check_error(client.finish(one), errc::cancelled, "stopped");
  check_error(client.finish(two), errc::cancelled, "stopped");
}

// As many connections as are opened at once; see http_client.cpp.
constexpr std::size_t at_once = 128;

TEST_CASE("more connections than may be opened at once are opened in turn") {
  scripted_peer peer({.newest_tls = TLS1_2_VERSION});
  peer.plays_always(dialogue().hears().says(ok("ok")).ignores_the_rest());
  requester client(peer.endpoint());
  std::vector<requester::request*> all;
  for (std::size_t i = 0; i < at_once + 20; ++i) all.push_back(&client.start("x"));
  for (auto* one : all) check_body(client.finish(*one), "ok");
  CHECK(client.counters().connections == at_once + 20);
  CHECK(client.counters().resumed >= 20);
}

// Whoever wants to shake hands here waits forever.
io::http_endpoint over_tls(const scripted_peer& plain_peer) {
  io::http_endpoint to = plain_peer.endpoint();
  to.base.tls = true;
  return to;
}

TEST_CASE("who waits for its turn to open a connection meets its deadline there") {
  scripted_peer peer(plain_http);
  peer.plays_always(dialogue().ignores_the_rest());
  {
    requester client(over_tls(peer));
    std::vector<requester::request*> all;
    for (std::size_t i = 0; i < at_once; ++i) all.push_back(&client.start("x"));
    auto& hasty = client.start("x", soon);
    auto& hasty_too = client.start("x", soon);
    check_error(client.finish(hasty), errc::timeout, timed_out);
    check_error(client.finish(hasty_too), errc::timeout, timed_out);
    auto& last = client.start("x");
    client.stop_soon();
    for (auto* one : all) check_error(client.finish(*one), errc::cancelled, "stopped");
    check_error(client.finish(last), errc::cancelled, "stopped");
  }
  CHECK(peer.finish() == "");
  CHECK(peer.connections() == at_once);
}

TEST_CASE("a turn that its owner lets pass goes to the next") {
  scripted_peer peer(plain_http);
  peer.plays_always(dialogue().ignores_the_rest());
  requester client(over_tls(peer));
  std::vector<requester::request*> all;
  for (std::size_t i = 0; i < 2 * at_once; ++i) all.push_back(&client.start("x", soon));
  for (auto* one : all) check_error(client.finish(*one), errc::timeout, timed_out);
  CHECK(client.counters().connections == 0);
}

TEST_CASE("a host's addresses are tried one after the other") {
  scripted_peer peer({.identity = mock::make_certificate(test::two_homes()).value()});
  peer.plays(dialogue().hears().says("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\none").closes());
  peer.plays(dialogue().hears().says(ok("two")).sees_close());
  {
    auto to = peer.endpoint();  // at 127.0.0.1, the second address; the first one refuses
    to.base.host = test::two_homes();
    requester client(to);
    check_body(client.post("1"), "one");
    check_body(client.post("2"), "two");
    CHECK(client.counters().connections == 2);
  }
  CHECK(peer.finish() == "");
  CHECK(peer.heard()[0].find(fmt::format("\r\nHost: {}:{}\r\n", test::two_homes(), peer.port())) !=
        std::string::npos);
}

TEST_CASE("the first of several addresses is used when it answers") {
  scripted_peer peer({.tls = false, .address = "127.0.0.2"});
  peer.plays(dialogue().hears().says(ok("one")).sees_close());
  {
    auto to = peer.endpoint();
    to.base.host = test::two_homes();
    requester client(to);
    check_body(client.post("1"), "one");
  }
  CHECK(peer.finish() == "");
}

TEST_CASE("a refused connection names the last address tried") {
  const auto port = free_port();
  for (const std::string& host : {std::string("127.0.0.1"), test::two_homes()}) {
    requester client(endpoint_at(fmt::format("http://{}:{}", host, port)));
    check_error(client.post("1"), errc::connect,
                fmt::format("no connection to 127.0.0.1:{}: Connection refused", port));
    check_error(client.post("2"), errc::connect,
                fmt::format("no connection to 127.0.0.1:{}: Connection refused", port));
    CHECK(client.counters().connections == 0);
  }
}

TEST_CASE("a name without address fails each request that needs it") {
  requester client(endpoint_at("https://" + test::no_home()));
  std::vector<requester::request*> all;
  for (int i = 0; i < 5; ++i) all.push_back(&client.start("x"));
  for (auto* one : all) {
    const auto& got = client.finish(*one);
    REQUIRE_FALSE(got.has_value());
    CHECK(got.error().code == errc::resolve);
    CHECK(got.error().message.starts_with(test::no_home() + " has no address: "));
  }
}

TEST_CASE("requests that come while a name is looked up wait for it") {
  scripted_peer peer({.tls = false, .address = "127.0.0.2"});
  peer.plays_always(dialogue().hears().says(ok("ok")).sees_close());
  auto to = peer.endpoint();
  to.base.host = test::two_homes();
  requester client(to);
  std::vector<requester::request*> all;
  for (int i = 0; i < 5; ++i) all.push_back(&client.start("x"));
  for (auto* one : all) check_body(client.finish(*one), "ok");
}

TEST_CASE("a tunnel through a proxy carries requests to a host that only the proxy knows") {
  scripted_peer proxy(proxy_to_example());
  proxy.plays(
      dialogue()
          .hears("CONNECT api.example.com:443 HTTP/1.1\r\nHost: api.example.com:443\r\n\r\n")
          .says("HTTP/1.1 200 Connection established\r\nContent-Length: 5\r\n\r\n")
          .shakes_hands()
          .hears("POST /v1/chat/completions HTTP/1.1\r\nHost: api.example.com\r\n")
          .says(ok("one"))
          .hears()
          .says(ok("two"))
          .sees_close());
  {
    requester client(example_through(proxy));
    check_body(client.post("1"), "one");
    check_body(client.post("2"), "two");
    CHECK(client.counters().connections == 1);
  }
  CHECK(proxy.finish() == "");
}

TEST_CASE("a proxy is given the user and password of its URL, and nothing else is") {
  scripted_peer proxy(proxy_to_example());
  proxy.plays(dialogue()
                  .hears()
                  .says("HTTP/1.0 200 OK\r\n\r\n")
                  .shakes_hands()
                  .hears("POST")
                  .says(ok("one"))
                  .sees_close());
  {
    auto to = example_through(proxy);
    to.proxy->userinfo = "Aladdin:open sesame";  // the example of RFC 7617
    requester client(to);
    check_body(client.post("1"), "one");
  }
  CHECK(proxy.finish() == "");
  const auto heard = proxy.heard();
  REQUIRE(heard.size() == 2);
  CHECK(heard[0] ==
        "CONNECT api.example.com:443 HTTP/1.1\r\n"
        "Host: api.example.com:443\r\n"
        "Proxy-Authorization: Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==\r\n"
        "\r\n");
  CHECK(heard[1].find("Proxy-Authorization") == std::string::npos);
}

TEST_CASE("a tunnel that dies while it is kept is opened again") {
  scripted_peer proxy(proxy_to_example());
  proxy.plays(tunnel().hears().says(ok("one")).hears().cuts());
  proxy.plays(tunnel().hears().says(ok("two")).sees_close());
  {
    requester client(example_through(proxy));
    check_body(client.post("1"), "one");
    check_body(client.post("2"), "two");
    CHECK(client.counters().stale == 1);
    CHECK(client.counters().connections == 2);
  }
  CHECK(proxy.finish() == "");
}

TEST_CASE("a proxy that makes no tunnel is a failed connection that says why") {
  struct {
    dialogue script;
    std::string message;
  } const table[] = {
      {dialogue().hears().says("HTTP/1.1 407 No\r\nContent-Length: 4\r\n\r\nauth").sees_close(),
       "the proxy answered 407 to CONNECT"},
      {dialogue().hears().says("HTTP/1.1 502 Bad Gateway\r\n\r\n").closes(),
       "the proxy answered 502 to CONNECT"},
      {dialogue().hears().says("HTTP/1.1 301 Moved\r\nLocation: /\r\n\r\n").sees_close(),
       "the proxy answered 301 to CONNECT"},
      {dialogue().hears().closes(), "proxy: the connection ended before the response"},
      {dialogue().hears().resets(), "proxy: the connection ended before the response"},
      {dialogue().hears().says("HTTP/1.1 200").closes(),
       "proxy: the connection ended in the middle of the response"},
      {dialogue().hears().says("HELLO, WORLD\r\n\r\n").sees_close(),
       "proxy: the response is not valid HTTP/1.1: bad version"},
  };
  for (const auto& [script, message] : table) {
    CAPTURE(message);
    scripted_peer proxy(proxy_to_example());
    proxy.plays_bare(script);
    {
      requester client(example_through(proxy));
      check_error(client.post("1"), errc::connect, message);
      CHECK(client.counters().connections == 0);
    }
    CHECK(proxy.finish() == "");
  }
}

TEST_CASE("a tunnel to the wrong server is found out") {
  scripted_peer proxy({.tls = false});
  proxy.plays(dialogue().hears().says("HTTP/1.1 200 OK\r\n\r\n").fails_to_shake_hands());
  {
    requester client(example_through(proxy));
    check_error(client.post("1"), errc::certificate,
                "the server's certificate is not for api.example.com: wrong host name");
  }
  CHECK(proxy.finish() == "");
}

TEST_CASE("the deadline and a stop end a request that waits for a proxy") {
  scripted_peer proxy(proxy_to_example());
  proxy.plays(dialogue().hears().sees_close());
  requester client(example_through(proxy));
  check_error(client.post("1", soon), errc::timeout, timed_out);
  proxy.plays(dialogue().hears().does([&] { client.stop_soon(); }).sees_close());
  check_error(client.post("2"), errc::cancelled, "stopped");
  CHECK(proxy.finish() == "");
}

TEST_CASE("a proxy that refuses the connection is named by its address") {
  const auto port = free_port();
  auto to = endpoint_at("https://api.example.com");
  to.proxy = io::parse_url(fmt::format("http://127.0.0.1:{}", port)).value();
  requester client(to);
  check_error(client.post("1"), errc::connect,
              fmt::format("no connection to 127.0.0.1:{}: Connection refused", port));
}
