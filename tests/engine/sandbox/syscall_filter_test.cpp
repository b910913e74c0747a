#include "engine/sandbox/syscall_filter.hpp"

#include <doctest/doctest.h>
#include <linux/filter.h>

using namespace retort;

TEST_CASE("the filter is a whole program, as the kernel takes it") {
  const auto filter = engine::make_syscall_filter();
  REQUIRE(filter.has_value());
  CHECK(filter->size() % sizeof(sock_filter) == 0);
  CHECK(filter->size() / sizeof(sock_filter) > 40);
  CHECK(filter->size() / sizeof(sock_filter) < BPF_MAXINSNS);
}
