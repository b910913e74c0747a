#include "io/dataset/row_spool.hpp"

#include <doctest/doctest.h>

#include <filesystem>

#include "tests/support/temporary_directory.hpp"

using namespace retort;

TEST_CASE("rows come out as they were kept, and leave nothing behind") {
  const test::temporary_directory directory;
  {
    auto spool = io::row_spool::make(directory.path());
    REQUIRE(spool.has_value());
    const std::string long_text(300'000, 'x');
    for (std::uint64_t i = 0; i < 5; ++i) {
      io::row one;
      one.ordinal = 10 * i;
      one.line = 10 * i + 1;
      one.file = static_cast<std::uint32_t>(i % 2);
      one.text = i == 3 ? "" : i == 2 ? std::string_view(long_text) : "{\"a\":\n1}";
      if (i == 3) one.problem = "bad";
      REQUIRE((*spool)->keep(one).has_value());
    }
    for (std::uint64_t i = 0; i < 5; ++i) {
      auto again = (*spool)->next();
      REQUIRE(again.has_value());
      REQUIRE(again->has_value());
      const io::row& one = **again;
      CHECK(one.ordinal == 10 * i);
      CHECK(one.line == 10 * i + 1);
      CHECK(one.file == i % 2);
      CHECK(one.text == (i == 3 ? "" : i == 2 ? std::string_view(long_text) : "{\"a\":\n1}"));
      CHECK(one.problem == (i == 3 ? "bad" : ""));
    }
    CHECK_FALSE((*spool)->next()->has_value());
    CHECK(std::filesystem::is_empty(directory.path()));
  }
}

TEST_CASE("a directory that is none is an error") {
  const auto spool = io::row_spool::make("/nonexistent/directory");
  REQUIRE(spool.has_error());
  CHECK(spool.error().code == errc::unwritable);
}
