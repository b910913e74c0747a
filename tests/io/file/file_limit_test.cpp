#include "io/file/file_limit.hpp"

#include <doctest/doctest.h>

#include "tests/support/limit_of_descriptors.hpp"

using namespace retort;
using test::limit_of_descriptors;

TEST_CASE("the limit of open files is raised as far as is needed and the system allows") {
  const limit_of_descriptors low(40);
  CHECK(io::raise_file_limit(50) == 50);
  CHECK(limit_of_descriptors::now() == 50);
  CHECK(io::raise_file_limit(45) == 50);  // never lowered
  CHECK(limit_of_descriptors::now() == 50);
  CHECK(io::raise_file_limit(RLIM_INFINITY) == low.hard());
  CHECK(limit_of_descriptors::now() == low.hard());
}
