#include "io/net/tcp_facts.hpp"

#include <doctest/doctest.h>

#include "tests/support/http_checks.hpp"

using namespace retort;
using test::dialogue;
using test::scripted_peer;

TEST_CASE("the kernel knows how long a connection's round trip is, and of no other socket") {
  scripted_peer peer({.tls = false});
  peer.plays(dialogue().sees_close());
  {
    io::asio::io_context context;
    io::tcp_socket socket(context.get_executor());
    CHECK_FALSE(io::round_trip(socket.native_handle()).has_value());
    const auto address = io::asio::ip::make_address("127.0.0.1");
    socket.connect({address, peer.port()});
    const auto measured = io::round_trip(socket.native_handle());
    REQUIRE(measured.has_value());
    CHECK(measured->count() > 0);
    CHECK(*measured < std::chrono::seconds(5));
    CHECK(io::packets_out_of_order(socket.native_handle()) == 0);
  }
  CHECK(peer.finish() == "");
}
