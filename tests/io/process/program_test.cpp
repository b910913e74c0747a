#include "io/process/program.hpp"

#include <doctest/doctest.h>
#include <stdlib.h>
#include <sys/stat.h>

#include <algorithm>

#include "tests/support/temporary_directory.hpp"

using namespace retort;

TEST_CASE("a program is found where PATH has it first, if it can be executed") {
  const test::temporary_directory where;
  const std::string first = where.file("a/tool", ""), second = where.file("b/tool", "");
  const std::string path = where.path() + "/a:" + where.path() + "/none::" + where.path() + "/b";
  CHECK_FALSE(io::find_program("tool", path));
  ::chmod(second.c_str(), 0755);
  CHECK(io::find_program("tool", path) == second);
  ::chmod(first.c_str(), 0755);
  CHECK(io::find_program("tool", path) == first);
  CHECK(io::find_program(second, "") == second);
  CHECK_FALSE(io::find_program(where.path() + "/none", path));
  CHECK_FALSE(io::find_program(where.path(), path));
  CHECK_FALSE(io::find_program("", path));
}

TEST_CASE("an environment is handed on without the variables that hold keys") {
  ::setenv("RETORT_TEST_KEY", "secret", 1);
  ::setenv("RETORT_TEST_KEY_NOT", "shown", 1);
  const std::vector<std::string> keys{"RETORT_TEST_KEY"};
  const auto left = io::environment_without(keys);
  CHECK(std::ranges::find(left, "RETORT_TEST_KEY=secret") == left.end());
  CHECK(std::ranges::find(left, "RETORT_TEST_KEY_NOT=shown") != left.end());
  ::unsetenv("RETORT_TEST_KEY");
  ::unsetenv("RETORT_TEST_KEY_NOT");
}
