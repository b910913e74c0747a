#include "io/ledger/ledger_reader.hpp"

#include <doctest/doctest.h>

#include "tests/support/ledger_lines.hpp"
#include "tests/support/temporary_directory.hpp"

using namespace retort;
using test::numbered_ledger;

namespace {

io::ledger_reader open_reader(const std::string& path) {
  auto opened = io::ledger_reader::open(path);
  REQUIRE_MESSAGE(opened.has_value(), opened.error().message);
  return std::move(*opened);
}

std::size_t lines_up_to(io::ledger_reader& reader, std::uint64_t limit) {
  for (std::size_t lines = 0;; ++lines) {
    auto next = reader.next(limit);
    REQUIRE_MESSAGE(next.has_value(), next.error().message);
    if (!*next) return lines;
  }
}

}  // namespace

TEST_CASE("no line is given that ends behind the limit, though it may be in the file") {
  const test::temporary_directory directory;
  const auto path = directory.file("ledger", numbered_ledger(5));
  const std::size_t end_of_second = numbered_ledger(2).size();
  for (const std::size_t limit : {end_of_second, end_of_second + 1}) {
    auto reader = open_reader(path);
    CHECK(lines_up_to(reader, limit) == 2);
  }
  auto reader = open_reader(path);
  CHECK(lines_up_to(reader, end_of_second - 1) == 1);
  CHECK(lines_up_to(reader, 0) == 0);
}

TEST_CASE("a follower that comes back for more finds what came meanwhile, each line once") {
  const test::temporary_directory directory;
  const auto path = directory.file("ledger", "");
  auto reader = open_reader(path);
  std::size_t seen = 0;
  for (const std::size_t lines : {0, 1, 2, 50, 1000}) {
    directory.file("ledger", numbered_ledger(lines));
    const std::uint64_t whole = numbered_ledger(lines).size();
    seen += lines_up_to(reader, whole / 2);
    seen += lines_up_to(reader, whole);
    CHECK(seen == lines);
  }
  CHECK(reader.damaged() == 0);
}
