#include "engine/witness/room_for_requests.hpp"

#include <doctest/doctest.h>

#include <algorithm>

#include "tests/support/limit_of_descriptors.hpp"

using namespace retort::engine;
using retort::test::limit_of_descriptors;

TEST_CASE("the range of local ports is read, and nothing else is taken for one") {
  CHECK(ports_in("32768\t60999") == 28232);
  CHECK(ports_in("1024 1024") == 1);
  for (const char* text : {"", "1", "9 8", "1 70000", "x\ty", "-1 5"}) CHECK_FALSE(ports_in(text));
  CHECK(room_of_this_process().most() > 0);
}

TEST_CASE("a benchmark has as many connections as the system allows, whatever the shell said") {
  const limit_of_descriptors low(100);
  CHECK(room_of_this_process().descriptors == std::min<rlim_t>(low.hard(), 1'000'000) - 64);
}

TEST_CASE("a rate whose answers take longer than there is room for is told before it is sent") {
  const room_for_requests room{1000, 28232};
  CHECK(lack_of_room(500, 2, room, 0) == "");
  CHECK(lack_of_room(501, 2, room, 0) ==
        "501/s with answers of 2 s, as the first one, needs 1002 connections, and this process "
        "may have 1000 (ulimit -n)");
  CHECK(lack_of_room(100, 2, room, 50) ==
        "100/s with answers of 2 s, as the first one, needs 200 connections, and "
        "--max-concurrency lets it have 50");
  CHECK(lack_of_room(1e6, 1, {900'000, 28232}, 0)
            .ends_with("there are 28232 local ports (net.ipv4.ip_local_port_range)"));
}
