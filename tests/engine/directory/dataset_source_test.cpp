#include "engine/directory/dataset_source.hpp"

#include <doctest/doctest.h>

#include "engine/plan/variants.hpp"

#include <vector>

#include "tests/support/samples.hpp"
#include "tests/support/temporary_directory.hpp"

using namespace retort;
using namespace retort::engine;
using providers::failure_kind;
using test::answered;
using test::failed;
using test::sum_row;
using test::sum_rows;

namespace {

using ordinals = std::vector<std::uint64_t>;

// A dataset that is read once, behind a ledger with some of its answers.
struct passing {
  test::temporary_directory directory;
  config settings;
  std::string ledger = directory.path() + "/ledger.jsonl";
  std::shared_ptr<io::interrupt> stop = std::make_shared<io::interrupt>();
  std::optional<io::dataset_reader> reader;
  settled_row each;

  explicit passing(const std::string& rows, const std::vector<sample>& samples,
                   std::size_t variants = 1) {
    settings.run_dir = directory.path();
    settings.dataset.paths = {directory.file("data.jsonl", rows)};
    settings.models.resize(variants);
    directory.file("ledger.jsonl", test::ledger_of(samples));
    reader.emplace(open_dataset(settings, stop).value());
  }

  std::vector<claimed_row> away;

  result<void> verify() {
    auto state = scan(ledger, way_plan(settings));
    REQUIRE_MESSAGE(state.has_value(), state.error().message);
    add_claims(away, *state);
    return verify_in_passing(*reader, settings, *state, ledger, each, stop.get());
  }
  void check_refused(errc code, const std::string& beginning) {
    const auto refused = verify();
    REQUIRE_FALSE(refused.has_value());
    CHECK(refused.error().code == code);
    CAPTURE(refused.error().message);
    CHECK(refused.error().message.starts_with(beginning));
  }
  ordinals left() {
    ordinals seen;
    for (;;) {
      const auto got = reader->next();
      REQUIRE_MESSAGE(got.has_value(), got.error().message);
      if (!*got) return seen;
      CHECK((*got)->text == sum_row((*got)->ordinal));
      seen.push_back((*got)->ordinal);
    }
  }
};

const error bad{errc::dataset, "a bad one"};

}  // namespace

TEST_CASE("rows with an answer are taken off, the others come again in their order") {
  passing run(sum_rows(0, 8), {answered(4, "5"), answered(0, "1"), answered(2, "3")});
  REQUIRE(run.verify().has_value());
  CHECK(run.left() == ordinals{1, 3, 5, 6, 7});
}

TEST_CASE("a row comes again that lacks the answer of one model, or has failed for now") {
  passing run(sum_rows(0, 4),
              {answered(0, "1", 0), answered(0, "1", 1), answered(1, "2", 1),
               failed(2, failure_kind::timeout, 0), failed(2, failure_kind::bad_request, 1),
               answered(3, "4", 0), answered(3, "4", 1)},
              2);
  REQUIRE(run.verify().has_value());
  CHECK(run.left() == ordinals{1, 2});
}

TEST_CASE("behind an empty ledger nothing is looked at") {
  passing run(sum_rows(0, 3), {});
  REQUIRE(run.verify().has_value());
  CHECK(run.left() == ordinals{0, 1, 2});
}

TEST_CASE("the first row that is another is named, and what changed without an answer is not") {
  const std::string rows = sum_rows(0, 2) + sum_row(9) + '\n' + sum_rows(7, 9);
  passing changed(rows, {answered(0, "1"), answered(3, "4"), answered(4, "5")});
  changed.check_refused(errc::mismatch, "the dataset has changed: record 3 (" +
                                            changed.settings.dataset.paths[0] + ":4) is not");
  passing same(rows, {answered(0, "1"), answered(1, "2")});
  CHECK(same.verify().has_value());
}

TEST_CASE("rows that changed places are others") {
  passing run(sum_row(1) + '\n' + sum_row(0) + '\n', {answered(0, "1"), answered(1, "2")});
  run.check_refused(errc::mismatch, "the dataset has changed: record 0 (");
}

TEST_CASE("a row that is away is held against what was sent, and comes again") {
  passing same(sum_rows(0, 4), {answered(0, "1")});
  same.away = {{2, hash_row(sum_row(2)), true}};
  REQUIRE(same.verify().has_value());
  CHECK(same.left() == ordinals{1, 2, 3});
  passing changed(sum_rows(0, 2) + sum_row(9) + '\n', {answered(0, "1")});
  changed.away = same.away;
  changed.check_refused(errc::mismatch, "the dataset has changed: record 2 (" +
                                            changed.settings.dataset.paths[0] +
                                            ":3) is not the one that " + changed.directory.path() +
                                            "/batches holds a request of. Give the old dataset");
}

TEST_CASE("a dataset that ends before the ledger does is told by its length") {
  passing run(sum_rows(0, 3), {answered(0, "1"), answered(5, "6")});
  run.check_refused(errc::mismatch, "the dataset has changed: it has 3 records, and " + run.ledger +
                                        " holds an answer to record 5");
}

TEST_CASE("each row with an answer is shown; what is wrong with it counts behind a change") {
  passing run(sum_rows(0, 4), {answered(0, "1"), answered(2, "3"), answered(3, "4")});
  ordinals seen;
  run.each = [&](const io::row& row, const io::dataset_reader&) -> result<void> {
    seen.push_back(row.ordinal);
    if (row.ordinal == 2) return bad;
    return {};
  };
  run.check_refused(errc::dataset, "a bad one");
  CHECK(seen == ordinals{0, 2});

  passing changed(sum_rows(0, 3) + sum_row(9) + '\n', {answered(0, "1"), answered(3, "4")});
  changed.each = [](const io::row&, const io::dataset_reader&) -> result<void> { return bad; };
  changed.check_refused(errc::mismatch, "the dataset has changed: record 3");
}

TEST_CASE("the first signal ends it, in the ledger and in the dataset") {
  passing run(sum_rows(0, 3), {answered(2, "3")});
  run.stop->raise();
  const ledger_state state = scan(run.ledger, way_plan(run.settings)).value();
  for (const io::interrupt* stop : {run.stop.get(), static_cast<io::interrupt*>(nullptr)}) {
    const auto stopped = verify_in_passing(*run.reader, run.settings, state, run.ledger, {}, stop);
    REQUIRE_FALSE(stopped.has_value());
    CHECK(stopped.error().code == errc::cancelled);
  }
}
