#include "io/net/service_lookup.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "tests/support/dns_server.hpp"

using namespace retort;
using namespace retort::io;
using test::dns_server;

namespace {

result<service_records> look_up(const dns_server& at) {
  return look_up_service("_http._tcp.s.test", at.at()).get();
}

std::string problem(const dns_server& at) {
  const auto found = look_up(at);
  return found ? "" : found.error().message;
}

}  // namespace

TEST_CASE("a name server is asked for a service's places") {
  dns_server server({{"b.test", 8001, 1, 30}, {"a.test", 8000, 1, 20}});
  const auto found = look_up(server);
  REQUIRE_MESSAGE(found.has_value(), found.error().message);
  CHECK(found->places == std::vector<service_place>{{"a.test", 8000}, {"b.test", 8001}});
  CHECK(found->lifetime == std::chrono::seconds(20));
  CHECK(server.asked() == 1);
}

TEST_CASE("an answer too large for UDP comes by TCP") {
  std::vector<test::srv_record> many;
  for (int i = 0; i < 1000; ++i) many.push_back({"h" + std::to_string(i) + ".test", 80, 1, 0});
  dns_server server(many);
  server.cut_short();
  const auto found = look_up(server);
  REQUIRE_MESSAGE(found.has_value(), found.error().message);
  CHECK(found->places.size() == 1000);
  CHECK(server.asked_by_tcp() == 1);
}

TEST_CASE("what a name server does not know is told in one line") {
  dns_server server({});
  CHECK(problem(server) == "_http._tcp.s.test has no SRV record (DNS)");
  server.say({}, 3);
  CHECK(problem(server) == "_http._tcp.s.test: there is no such name (DNS)");
  server.say({}, 2);
  CHECK(problem(server) == "_http._tcp.s.test: no name server (DNS) answers, or they cannot say");
  server.say({{".", 80, 0, 0}});
  CHECK(problem(server) == "_http._tcp.s.test has no SRV record (DNS) with a host and a port");
}

TEST_CASE("a name server that does not answer is waited for within the patience") {
  dns_server server({});
  server.be_silent();
  auto asked = look_up_service("_http._tcp.s.test", server.at());
  REQUIRE(asked.wait_for(service_patience) == std::future_status::ready);
  CHECK(asked.get().error().message ==
        "_http._tcp.s.test: no name server (DNS) answers, or they cannot say");
}
