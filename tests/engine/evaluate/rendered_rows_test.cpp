#include "engine/evaluate/rendered_rows.hpp"

#include <doctest/doctest.h>

#include <filesystem>

#include "tests/support/temporary_directory.hpp"

using namespace retort;
using namespace retort::engine;

namespace {

sample row(std::uint64_t ordinal, std::string id, std::optional<std::string> reference) {
  sample made;
  made.key.ordinal = ordinal;
  made.id = std::move(id);
  made.reference = std::move(reference);
  return made;
}

}  // namespace

TEST_CASE("each row's id and reference come back, in any order, and nothing is left on the disk") {
  const test::temporary_directory directory;
  auto rows = rendered_rows::create(directory.path());
  REQUIRE(rows.has_value());
  CHECK(std::filesystem::is_empty(directory.path()));
  const std::string large(300'000, 'x');
  const std::vector<sample> written = {row(0, "a", "1"), row(3, "", ""), row(4, "é\n\"", {}),
                                       row(9, large, large), row(10, "z", "2")};
  for (const sample& one : written) REQUIRE(rows->add(one).has_value());
  REQUIRE(rows->add_bad(12).has_value());
  REQUIRE(rows->finish().has_value());
  for (const std::size_t i : {4, 0, 3, 1, 2, 4}) {
    sample read = row(written[i].key.ordinal, "old", "old");
    const auto taken = rows->take(read);
    REQUIRE(taken.has_value());
    CHECK(*taken);
    CHECK(read.id == written[i].id);
    CHECK(read.reference == written[i].reference);
  }
  sample bad = row(12, "old", "old");
  CHECK(rows->take(bad).value() == false);
  for (const std::uint64_t ordinal : {1, 8, 11, 13, 1'000'000}) {
    sample unknown = row(ordinal, "", {});
    const auto taken = rows->take(unknown);
    REQUIRE_FALSE(taken.has_value());
    CHECK(taken.error().code == errc::mismatch);
  }
}

TEST_CASE("a directory that takes no file is an error") {
  CHECK(rendered_rows::create("/nowhere/at/all").error().code == errc::unwritable);
}
