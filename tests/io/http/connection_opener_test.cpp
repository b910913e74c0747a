#include "io/http/connection_opener.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <deque>
#include <vector>

#include "tests/support/http_checks.hpp"

using namespace retort;
using namespace std::chrono_literals;
using test::check_body;
using test::check_error;
using test::dialogue;
using test::endpoint_at;
using test::ok;
using test::over_tls;
using test::requester;
using test::scripted_peer;
using test::soon;
using test::timed_out;

namespace {

const test::peer_options plain_http{.tls = false};

// As many connections as are opened at once; see connection_opener.cpp.
constexpr std::size_t at_once = 128;

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

}  // namespace

TEST_CASE("the deadline ends a connection that is not accepted") {
  full_listener full;
  requester client(endpoint_at(full.url()));
  check_error(client.post("1", soon), errc::timeout, timed_out);
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

TEST_CASE("more connections than may be opened at once are opened in turn") {
  scripted_peer peer({.newest_tls = TLS1_2_VERSION});
  const char* const only = "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok";
  peer.plays_always(dialogue().hears().says(only).ignores_the_rest());
  requester client(peer.endpoint());
  std::vector<requester::request*> all;
  for (std::size_t i = 0; i < at_once + 20; ++i) all.push_back(&client.start("x"));
  for (auto* one : all) check_body(client.finish(*one), "ok");
  CHECK(client.counters().connections == at_once + 20);
  CHECK(client.counters().resumed >= 20);
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
  CHECK(peer.connections() <= at_once);  // fewer when it was slow to accept them
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

TEST_CASE("what a server says before it is asked is nobody's answer") {
  scripted_peer peer(plain_http);
  peer.plays(dialogue().says("220 mail.example ESMTP\r\n").sees_close());
  {
    requester client(peer.endpoint());
    CHECK_FALSE(client.post("1").has_value());
  }
  peer.finish();  // the first request may just have been under way
}
