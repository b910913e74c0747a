#include "io/http/http_wire.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <future>
#include <utility>
#include <vector>

#include "tests/support/compress.hpp"
#include "tests/support/http_checks.hpp"

using namespace retort;
using test::check_body;
using test::check_error;
using test::chunked;
using test::dialogue;
using test::long_text;
using test::ok;
using test::requester;
using test::scripted_peer;

namespace {

io::http_request post_of(std::string head, std::string body) {
  io::http_head made{"POST", "/", std::move(head)};
  return {std::make_shared<io::http_head>(std::move(made)), std::move(body)};
}

// What goes out when each write takes so many bytes at most.
std::string sent(const io::http_request& request, std::size_t most) {
  std::string out;
  for (io::unsent_bytes rest(request); !rest.empty();) {
    const std::string_view taken = rest.front().substr(0, most);
    out += taken;
    rest.remove_prefix(taken.size());
  }
  return out;
}

}  // namespace

TEST_CASE("a request goes out the same wherever its writes are cut") {
  const std::string lines = "POST / HTTP/1.1\r\nContent-Length: ";
  for (const std::size_t head : {std::size_t{0}, std::size_t{40}, std::size_t{40'000}}) {
    for (const std::size_t body : {0, 1, 16'000, 16'384, 100'000}) {
      const auto request = post_of(lines + std::string(head, 'h'), long_text(body));
      const std::string whole =
          fmt::format("{}{}\r\n\r\n{}", request.head->text, body, request.body);
      for (const std::size_t most : {7, 64, 16'383, 16'384, 200'000}) {
        CAPTURE(head);
        CAPTURE(body);
        CAPTURE(most);
        CHECK((sent(request, most) == whole));
      }
      CHECK((io::text_of(request) == whole));
    }
  }
}

TEST_CASE("a write that moved nothing is tried again with the same bytes") {
  const auto request = post_of("head: ", long_text(50'000));
  io::unsent_bytes rest(request);
  rest.remove_prefix(3);
  const std::string first(rest.front());
  const auto other = post_of("other: ", long_text(100));
  CHECK(io::unsent_bytes(other).front() == "other: 100\r\n\r\n" + other.body);
  CHECK((rest.front() == first));
}

TEST_CASE("the head and what of the body fits fill one TLS record, the rest is not copied") {
  const auto request = post_of("head: ", long_text(1 << 20));
  io::unsent_bytes rest(request);
  CHECK(rest.front().size() == 16'384);
  CHECK(rest.front().starts_with("head: 1048576\r\n\r\n0 1 2"));
  rest.remove_prefix(16'384);
  CHECK(rest.front().data() == request.body.data() + 16'384 - 17);
  CHECK(rest.front().size() == (1 << 20) - 16'384 + 17);
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

TEST_CASE("an answer that comes while the request is still being written is read at once") {
  const std::string large(16 << 20, 'x');
  const std::string answer = "HTTP/1.1 413 Too Large\r\nContent-Length: 2\r\n\r\nno";
  struct {
    const char* then;
    dialogue script;
    bool tls;
  } const table[] = {
      {"stalls", dialogue().hears_something().says(answer), false},
      {"stalls", dialogue().hears_something().says(answer), true},
      {"closes with much unread", dialogue().hears_something().says(answer).cuts(), false},
      {"closes with much unread", dialogue().hears_something().says(answer).cuts(), true},
      {"listens on", dialogue().hears_something().says(answer).half_closes().ignores_the_rest(),
       false},
  };
  for (auto [then, script, tls] : table) {
    CAPTURE(then);
    CAPTURE(tls);
    std::promise<void> over;
    scripted_peer peer({.tls = tls});
    peer.plays(script.does([&] { over.get_future().wait(); }));
    {
      requester client(peer.endpoint());
      const auto& got = client.post(large);
      check_body(got, "no");
      if (got) CHECK(got->status == 413);
      if (got) CHECK(got->written <= got->last_byte);
    }
    over.set_value();
    CHECK(peer.finish() == "");
  }
}

TEST_CASE("a connection that ends while the request is sent, without a word, is a reset") {
  scripted_peer peer({.tls = false});
  peer.plays(dialogue().hears_something().resets());
  {
    requester client(peer.endpoint());
    check_error(client.post(std::string(16 << 20, 'x')), errc::reset,
                "the connection ended while the request was sent");
  }
  CHECK(peer.finish() == "");
}

TEST_CASE("responses of 1xx, chunk extensions and trailers have an end, though they never end") {
  const std::string chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
  const std::string much(5000, 'x');
  struct {
    std::string begins, goes_on;
  } const table[] = {
      {"", "HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n"},
      {"HTTP/1.1 200 OK\r\n", "A: b\r\n"},
      {chunked + "5;a=", much},
      {chunked + "0\r\n", "T: " + much + "\r\n"},
  };
  for (const auto& [begins, goes_on] : table) {
    for (const bool tls : {true, false}) {
      CAPTURE(goes_on.substr(0, 20));
      scripted_peer peer({.tls = tls});
      peer.plays(dialogue().hears().says(begins + goes_on).keeps_saying(goes_on));
      {
        requester client(peer.endpoint());
        const auto& got = client.post("x");
        REQUIRE_FALSE(got.has_value());
        CHECK(got.error().code == errc::protocol);
        CHECK(got.error().message.starts_with("the response is too large: over "));
      }
      CHECK(peer.finish() == "");
    }
  }
}

namespace {

// Lets everything pass, as one does that has a limit of its own.
struct bottomless final : io::body_sink {
  result<void> take(std::string_view, std::chrono::steady_clock::time_point) override { return {}; }
};

}  // namespace

TEST_CASE("a body that never ends and never pauses lets the deadline and others have their turn") {
  const std::string chunk = "10000\r\n" + std::string(0x10000, 'x') + "\r\n";
  for (const bool tls : {true, false}) {
    scripted_peer peer({.tls = tls});
    peer.plays(dialogue()
                   .hears()
                   .says("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
                   .keeps_saying(chunk));
    peer.plays(dialogue().hears().says(ok("meanwhile")).sees_close());
    {
      requester client(peer.endpoint());
      bottomless sink;
      auto& flooded = client.start("1", test::soon, &sink);
      auto& other = client.start("2");
      check_body(client.finish(other), "meanwhile");
      check_error(client.finish(flooded), errc::timeout, test::timed_out);
    }
    CHECK(peer.finish() == "");
  }
}

TEST_CASE("TLS records without data, as fast as they come, keep nobody from their turn") {
  scripted_peer peer;
  peer.plays(dialogue().hears().keeps_updating_keys());
  peer.plays(dialogue().hears().says(ok("meanwhile")).sees_close());
  {
    requester client(peer.endpoint());
    auto& flooded = client.start("1", test::soon);
    check_body(client.finish(client.start("2")), "meanwhile");
    check_error(client.finish(flooded), errc::timeout, test::timed_out);
  }
  CHECK(peer.finish() == "");
}
