// Bodies, responses and checks that tests of the HTTP client share. Any thread.
#pragma once

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <chrono>
#include <string>

#include "tests/support/requester.hpp"
#include "tests/support/scripted_peer.hpp"

namespace retort::test {

// A deadline that passes: long enough for what leads up to it on a slow machine; nothing depends on
// how long.
constexpr std::chrono::milliseconds soon{1000};

inline const std::string timed_out =
    "no complete response before the request's deadline (timeout_s)";

inline void check_body(const requester::outcome& got, const std::string& body) {
  if (!got) FAIL_CHECK(got.error().message);
  if (got) CHECK(got->body == body);
}

inline void check_error(const requester::outcome& got, errc code, const std::string& message) {
  REQUIRE_FALSE(got.has_value());
  CHECK(got.error().code == code);
  CHECK(got.error().message == message);
}

// "200 OK" in chunks of so many bytes.
inline std::string chunked(const std::string& body, std::size_t chunk) {
  std::string out = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
  for (std::size_t i = 0; i < body.size(); i += chunk) {
    const std::string data = body.substr(i, chunk);
    out += fmt::format("{:x}\r\n{}\r\n", data.size(), data);
  }
  return out + "0\r\n\r\n";
}

// A text that is different everywhere.
inline std::string long_text(std::size_t bytes) {
  std::string out;
  for (std::size_t i = 0; out.size() < bytes; ++i) out += fmt::format("{} ", i);
  out.resize(bytes);
  return out;
}

// A port at which nobody listens any more.
inline std::uint16_t free_port() {
  scripted_peer peer({.tls = false});
  const std::uint16_t port = peer.port();
  peer.finish();
  return port;
}

inline io::http_endpoint endpoint_at(const std::string& url) {
  io::http_endpoint to;
  to.base = io::parse_url(url).value();
  return to;
}

// Whoever wants to shake hands here waits forever.
inline io::http_endpoint over_tls(const scripted_peer& plain_peer) {
  io::http_endpoint to = plain_peer.endpoint();
  to.base.tls = true;
  return to;
}

}  // namespace retort::test
