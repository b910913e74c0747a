#include "io/net/host_addresses.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <chrono>
#include <vector>

#include "tests/support/eventually.hpp"
#include "tests/support/http_checks.hpp"
#include "tests/support/name_service.hpp"

using namespace retort;
using namespace std::chrono_literals;
using test::check_body;
using test::check_error;
using test::dialogue;
using test::endpoint_at;
using test::free_port;
using test::ok;
using test::requester;
using test::scripted_peer;

namespace {

using outcomes = std::vector<result<void>>;

io::awaitable<> note_outcome(io::host_addresses* of, outcomes* all) {
  of->refresh();
  while (of->are_awaited()) {
    co_await io::wait_in(&of->news());
  }
  all->push_back(of->outcome());
}

// What so many look-ups that are asked for at once come to.
outcomes resolve_at_once(io::asio::io_context& context, io::host_addresses& of, int times) {
  outcomes all;
  for (int i = 0; i < times; ++i) {
    io::asio::co_spawn(context, note_outcome(&of, &all), io::asio::detached);
  }
  context.restart();
  context.run();
  return all;
}

std::vector<std::string> shown(const io::host_addresses& addresses) {
  std::vector<std::string> out;
  for (const auto& one : addresses.in_order()) {
    out.push_back(fmt::format("{} {}", one.address().to_string(), one.port()));
  }
  return out;
}

}  // namespace

TEST_CASE("a host's addresses are looked up once for all who ask, and used again") {
  io::asio::io_context context;
  io::host_addresses addresses(context.get_executor(), test::two_homes(), 8080);
  CHECK(addresses.in_order().empty());
  const int before = test::look_ups();
  for (int i = 0; i < 2; ++i) {
    const outcomes all = resolve_at_once(context, addresses, 3);
    CHECK(all.size() == 3);
    for (const auto& one : all) CHECK(one.has_value());
    CHECK(shown(addresses) == std::vector<std::string>{"127.0.0.2 8080", "127.0.0.1 8080"});
  }
  CHECK(test::look_ups() == before + 1);
}

TEST_CASE("the address that last worked comes first") {
  io::asio::io_context context;
  io::host_addresses addresses(context.get_executor(), test::two_homes(), 1);
  resolve_at_once(context, addresses, 1);
  const auto first = addresses.in_order()[0], second = addresses.in_order()[1];
  addresses.worked(second);
  CHECK(shown(addresses) == std::vector<std::string>{"127.0.0.1 1", "127.0.0.2 1"});
  addresses.worked(second);
  CHECK(addresses.in_order()[0] == second);
  addresses.worked(first);
  CHECK(addresses.in_order()[0] == first);
  addresses.worked({io::asio::ip::make_address("127.0.0.3"), 1});  // not of this look-up
  CHECK(shown(addresses) == std::vector<std::string>{"127.0.0.2 1", "127.0.0.1 1"});
}

TEST_CASE("addresses are their own look-up") {
  io::asio::io_context context;
  for (const auto& host : {std::string("127.0.0.1"), std::string("::1")}) {
    io::host_addresses addresses(context.get_executor(), host, 443);
    const int before = test::look_ups();
    CHECK(addresses.are_fresh());  // as who opens a connection asks: no look-up has a time
    CHECK(resolve_at_once(context, addresses, 1).front().has_value());
    CHECK(test::look_ups() == before);
    CHECK(shown(addresses) == std::vector<std::string>{host + " 443"});
  }
}

TEST_CASE("who waits for a look-up that fails shares its error, and the next one tries again") {
  io::asio::io_context context;
  io::host_addresses addresses(context.get_executor(), test::no_home(), 443);
  for (int i = 0; i < 2; ++i) {
    const outcomes all = resolve_at_once(context, addresses, 3);
    CHECK(all.size() == 3);
    for (const auto& one : all) {
      REQUIRE_FALSE(one.has_value());
      CHECK(one.error().code == errc::resolve);
      CHECK(one.error().message.starts_with(test::no_home() + " has no address: "));
    }
    CHECK(addresses.in_order().empty());
  }
}

TEST_CASE("a name whose look-up hangs holds up no other, nor the end") {
  const test::hanging_look_ups hanging;
  io::asio::io_context context;
  io::host_addresses slow(context.get_executor(), test::slow_home(), 1);
  outcomes none;
  io::asio::co_spawn(context, note_outcome(&slow, &none), io::asio::detached);
  REQUIRE(test::eventually([&] { return context.poll(), hanging.under_way() == 1; }));
  io::host_addresses other(context.get_executor(), test::two_homes(), 1);
  outcomes all;
  io::asio::co_spawn(context, note_outcome(&other, &all), io::asio::detached);
  REQUIRE(test::eventually([&] { return context.poll(), !all.empty(); }));
  CHECK(all.front().has_value());
  CHECK(none.empty());
  slow.cancel();
  context.run();
  CHECK(none.size() == 1);
}

TEST_CASE("old addresses serve while a look-up hangs or fails, as long as connecting works") {
  io::asio::io_context context;
  io::host_addresses addresses(context.get_executor(), test::slow_home(), 1, 0s);
  CHECK(resolve_at_once(context, addresses, 1).front().has_value());
  const auto only = addresses.in_order().front();
  addresses.worked(only);
  test::hanging_look_ups hanging;
  outcomes all;
  io::asio::co_spawn(context, note_outcome(&addresses, &all), io::asio::detached);
  context.restart();
  REQUIRE(test::eventually([&] { return context.poll(), hanging.under_way() == 1; }));
  CHECK(all.size() == 1);
  CHECK(all.front().has_value());
  CHECK_FALSE(addresses.are_fresh());

  addresses.failed();
  io::asio::co_spawn(context, note_outcome(&addresses, &all), io::asio::detached);
  context.poll();
  CHECK(all.size() == 1);  // the next one waits
  hanging.let_go();
  context.run();
  REQUIRE(all.size() == 2);
  CHECK_FALSE(all.back().has_value());
  CHECK(resolve_at_once(context, addresses, 1).front().has_value());
}

TEST_CASE("a request whose host is still looked up ends by its deadline and by a stop") {
  const test::hanging_look_ups hanging;
  requester client(endpoint_at("http://" + test::slow_home()));
  check_error(client.post("1", test::soon), errc::timeout, test::timed_out);
  client.stop_soon();
  check_error(client.post("2"), errc::cancelled, "stopped");
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
