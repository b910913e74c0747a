#include "engine/serve/server_luck.hpp"

#include <doctest/doctest.h>

using retort::engine::server_luck;

TEST_CASE("a server that ends three times in a row is started again, and no fourth time") {
  server_luck luck;
  for (int i = 1; i <= server_luck::most_in_a_row; ++i) {
    luck.ended(std::chrono::seconds(9));
    CHECK_FALSE(luck.is_hopeless());
    CHECK(luck.pause() == std::chrono::seconds(i));
  }
  luck.ended({});
  CHECK(luck.is_hopeless());
}

TEST_CASE("one that has served for long is no worse for having ended before") {
  server_luck luck;
  for (int i = 0; i < 100; ++i) {
    luck.ended(server_luck::long_enough);
    CHECK(luck.pause() == std::chrono::seconds(1));
  }
  CHECK_FALSE(luck.is_hopeless());
}
