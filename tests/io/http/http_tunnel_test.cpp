#include "io/http/http_tunnel.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "tests/support/http_checks.hpp"

using namespace retort;
using test::check_body;
using test::check_error;
using test::dialogue;
using test::endpoint_at;
using test::free_port;
using test::ok;
using test::requester;
using test::scripted_peer;
using test::soon;
using test::timed_out;

namespace {

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
      {dialogue().hears().says("HTTP/1.1 502 Bad Gateway\r\n\r\n").closes(),
       "the proxy 127.0.0.1:{} answered 502 to CONNECT api.example.com:443"},
      {dialogue().hears().says("HTTP/1.1 301 Moved\r\nLocation: /\r\n\r\n").sees_close(),
       "the proxy 127.0.0.1:{} answered 301 to CONNECT api.example.com:443"},
      {dialogue().hears().closes(), "proxy: the connection ended before the response"},
      {dialogue().hears().resets(), "proxy: the connection ended before the response"},
      {dialogue().hears().says("HTTP/1.1 200").closes(),
       "proxy: the connection ended in the middle of the response"},
      {dialogue().hears().says("HTTP/1.1 200 OK\r\n\r\nand more").sees_close(),
       "the proxy sent more than its answer"},
      {dialogue().hears().keeps_saying("HTTP/1.1 103 Early Hints\r\n\r\n"),
       "proxy: the response is too large: over 128 KB of headers, 1xx responses and framing"},
      {dialogue().hears().says("HELLO, WORLD\r\n\r\n").sees_close(),
       "proxy: the response is not valid HTTP/1.1: bad version"},
  };
  for (const auto& [script, message] : table) {
    CAPTURE(message);
    scripted_peer proxy(proxy_to_example());
    proxy.plays_bare(script);
    {
      requester client(example_through(proxy));
      check_error(client.post("1"), errc::connect,
                  fmt::format(fmt::runtime(message), proxy.port()));
      CHECK(client.counters().connections == 0);
    }
    CHECK(proxy.finish() == "");
  }
}

TEST_CASE(
    "a proxy that does not let us through is told from one that fails, without our password") {
  for (const int status : {407, 403}) {
    scripted_peer proxy(proxy_to_example());
    proxy.plays_bare(
        dialogue()
            .hears()
            .says(fmt::format("HTTP/1.1 {} No\r\nContent-Length: 4\r\n\r\nauth", status))
            .sees_close());
    {
      auto to = example_through(proxy);
      to.proxy->userinfo = "Aladdin:open sesame";
      requester client(to);
      check_error(client.post("1"), errc::proxy,
                  fmt::format("the proxy 127.0.0.1:{} answered {} to CONNECT api.example.com:443 "
                              "(who we are to it, user and password, stands in HTTPS_PROXY)",
                              proxy.port(), status));
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
