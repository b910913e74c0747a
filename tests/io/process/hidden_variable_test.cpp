#include "io/process/hidden_variable.hpp"

#include <doctest/doctest.h>
#include <stdlib.h>

#include <algorithm>
#include <string>
#include <thread>

using namespace retort;

TEST_CASE("a hidden variable is not found, its neighbours are, and afterwards it is as before") {
  ::setenv("RETORT_TEST_HIDDEN", "a", 1);
  ::setenv("RETORT_TEST_HIDDEN_NOT", "b", 1);
  {
    const io::hidden_variable hidden("RETORT_TEST_HIDDEN");
    CHECK(::getenv("RETORT_TEST_HIDDEN") == nullptr);
    CHECK(std::string(::getenv("RETORT_TEST_HIDDEN_NOT")) == "b");
  }
  CHECK(std::string(::getenv("RETORT_TEST_HIDDEN")) == "a");
  { const io::hidden_variable hidden("RETORT_TEST_IS_NOT_THERE"); }
  CHECK(::getenv("RETORT_TEST_IS_NOT_THERE") == nullptr);
  ::unsetenv("RETORT_TEST_HIDDEN");
  ::unsetenv("RETORT_TEST_HIDDEN_NOT");
}

TEST_CASE("an environment that is copied while a variable is hidden has it all the same") {
  ::setenv("RETORT_TEST_HIDDEN", "a", 1);
  int missing = 0;
  {
    std::jthread hiding([](const std::stop_token& stop) {
      while (!stop.stop_requested()) const io::hidden_variable hidden("RETORT_TEST_HIDDEN");
    });
    for (int i = 0; i < 1000; ++i) {
      const auto all = io::whole_environment();
      missing += std::ranges::find(all, "RETORT_TEST_HIDDEN=a") == all.end();
    }
  }
  CHECK(missing == 0);
  ::unsetenv("RETORT_TEST_HIDDEN");
}
