#include "engine/serve/free_ports.hpp"

#include <doctest/doctest.h>

#include <set>

TEST_CASE("free ports are all different") {
  const auto ports = retort::engine::free_ports(200);
  REQUIRE(ports.has_value());
  CHECK(std::set(ports->begin(), ports->end()).size() == 200);
  CHECK_FALSE(std::set(ports->begin(), ports->end()).contains(0));
  CHECK(retort::engine::free_ports(0)->empty());
}
