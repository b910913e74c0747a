#include "io/net/arrival.hpp"

#include <doctest/doctest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <string_view>

using namespace retort;
using clock_type = std::chrono::steady_clock;

TEST_CASE("what cannot be stamped has come when it is read, and what a read failed by is told") {
  std::array<int, 2> ends{};
  REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends.data()) == 0);
  char got[8];
  io::arrival_stamps stamps;
  CHECK(io::receive_stamped(ends[0], got, sizeof got, stamps) == -1);
  CHECK(errno == EAGAIN);
  CHECK(stamps.last == clock_type::time_point());
  REQUIRE(::write(ends[1], "here", 4) == 4);
  const auto before = clock_type::now();
  REQUIRE(io::receive_stamped(ends[0], got, sizeof got, stamps) == 4);
  CHECK(std::string_view(got, 4) == "here");
  CHECK(stamps.last >= before);
  ::close(ends[1]);
  CHECK(io::receive_stamped(ends[0], got, sizeof got, stamps) == 0);
  ::close(ends[0]);
  CHECK_FALSE(io::stamp_arrivals(-1).are_on);
}
