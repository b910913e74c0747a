#include "tools/outside_command.hpp"

#include <doctest/doctest.h>
#include <signal.h>

#include <cstdlib>

using namespace retort;
using tools::run_outside;

TEST_CASE("a program that has run has said what it said, and how it ended") {
  const auto done = run_outside({"sh", "-c", "cat; echo out; echo err >&2; exit 3"});
  REQUIRE(done.has_value());
  CHECK(done->status == 3);
  CHECK(done->output == "out\n");
  CHECK(done->errors == "err\n");
  const auto killed = run_outside({"sh", "-c", "kill -9 $$"});
  REQUIRE(killed.has_value());
  CHECK(killed->status == 128 + SIGKILL);
}

TEST_CASE("it has our environment, and its words as they are") {
  const auto done = run_outside({"sh", "-c", "printf '%s|' \"$PATH\" \"$@\"", "-", "a b", "$x"});
  REQUIRE(done.has_value());
  CHECK(done->output == std::string(std::getenv("PATH")) + "|a b|$x|");
}

TEST_CASE("a program that is not there is named") {
  const auto none = run_outside({"no-such-program", "x"});
  REQUIRE_FALSE(none.has_value());
  CHECK(none.error().code == errc::usage);
  CHECK(none.error().message == "no-such-program is not on the PATH");
}
