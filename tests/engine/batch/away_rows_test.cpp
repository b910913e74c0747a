#include "engine/batch/away_rows.hpp"

#include <doctest/doctest.h>

#include <limits>

#include "tests/support/samples.hpp"
#include "tests/support/temporary_directory.hpp"

using namespace retort;
using namespace retort::engine;

namespace {

// Batches that are away, of a config that asks each record `n` times.
struct left_away {
  test::temporary_directory directory;
  config settings;
  std::vector<batch_file> batches;

  explicit left_away(std::uint32_t n) {
    settings.models.resize(1);
    settings.samples.n = n;
  }
  void add(const std::string& tag, const std::vector<batch_row>& rows) {
    auto draft = batch_draft::begin(directory.path(), tag, 0).value();
    for (const batch_row& one : rows) draft.add(one, 0).value();
    batches.push_back(draft.seal().value());
  }
  result<std::vector<claimed_row>> rows(const io::interrupt* stop = nullptr) const {
    return rows_away(batches, way_plan(settings), stop);
  }
};

batch_row row_of(std::uint64_t ordinal, std::uint32_t k = 0) {
  return {ordinal, 1, test::sum_row(ordinal), k};
}

}  // namespace

TEST_CASE("every request that is away claims the row that it was made of") {
  left_away of(2);
  CHECK(of.rows().value().empty());
  of.add("00c0ffee00c0ffee", {row_of(3), row_of(1, 1)});
  of.add("11c0ffee11c0ffee", {row_of(1)});
  const auto rows = of.rows().value();
  REQUIRE(rows.size() == 3);
  for (std::size_t i = 0; i < 3; ++i) {
    CHECK(rows[i].ordinal == (i == 0 ? 3 : 1));
    CHECK(rows[i].row_hash == hash_row(test::sum_row(rows[i].ordinal)));
    CHECK(rows[i].is_away);
  }
}

TEST_CASE("a request beyond samples.n, which would stand for the next record's, is refused") {
  left_away of(2);
  of.add("00c0ffee00c0ffee", {row_of(0), row_of(0, 2)});
  const auto refused = of.rows();
  REQUIRE_FALSE(refused.has_value());
  CHECK(refused.error().code == errc::mismatch);
  CHECK(refused.error().message ==
        of.batches[0].path() +
            " holds a request of sample 3 of a record, and samples.n is 2: give at least the n "
            "that it was sent with");
}

TEST_CASE("a record that no dataset can have is none of ours, and a signal ends the reading") {
  left_away of(1);
  of.add("00c0ffee00c0ffee", {row_of(std::numeric_limits<std::uint64_t>::max())});
  CHECK(of.rows().error().code == errc::mismatch);
  io::interrupt stop;
  stop.raise();
  CHECK(of.rows(&stop).error().code == errc::cancelled);
}
