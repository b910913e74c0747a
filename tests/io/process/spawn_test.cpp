#include "io/process/spawn.hpp"

#include <doctest/doctest.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>

#include <thread>

#include "tests/support/eventually.hpp"

using namespace retort;

TEST_CASE("a child dies with the thread that started it") {
  result<io::spawned> made = error{errc::bug, ""};
  std::thread parent([&] {
    io::program what;
    what.words = {"/bin/sleep", "1000"};
    made = io::spawn(what);
  });
  parent.join();
  REQUIRE(made.has_value());
  pollfd ended{made->life.number(), POLLIN, 0};
  CHECK(::poll(&ended, 1, 180'000) == 1);
  int status = 0;
  REQUIRE(::waitpid(made->id, &status, 0) == made->id);
  CHECK(WIFSIGNALED(status));
  CHECK(WTERMSIG(status) == SIGKILL);
}

TEST_CASE("a child runs in the directory that is named, or is not started") {
  io::program what;
  what.words = {"/bin/true"};
  what.directory = "/no/such/directory";
  const auto made = io::spawn(what);
  REQUIRE(made.has_error());
  CHECK(made.error().message == "cannot start /bin/true: No such file or directory");
}
