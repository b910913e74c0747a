#include "engine/directory/resume.hpp"

#include <doctest/doctest.h>

#include "engine/plan/variants.hpp"
#include "tests/support/evaluators.hpp"
#include "tests/support/plain_views.hpp"
#include "tests/support/samples.hpp"
#include "tests/support/temporary_directory.hpp"

using namespace retort;
using namespace retort::engine;
using providers::failure_kind;
using test::answered;
using test::failed;
using test::rejected;
using test::sum_row;
using test::sum_rows;

namespace {

// A dataset, the ledger of a run over it, and what a resume makes of the two.
struct resumed_run {
  test::temporary_directory directory;
  config settings;
  std::string dataset = directory.path() + "/data.jsonl";
  std::string ledger = directory.path() + "/ledger.jsonl";

  explicit resumed_run(std::size_t variants = 1) {
    settings.dataset.paths = {dataset};
    settings.models.resize(variants);
  }
  void write_dataset(const std::string& rows) const { directory.file("data.jsonl", rows); }
  void write_ledger(const std::vector<sample>& samples) const {
    directory.file("ledger.jsonl", test::ledger_of(samples));
  }
  ledger_state scanned() const {
    auto state = scan(ledger, way_plan(settings));
    REQUIRE_MESSAGE(state.has_value(), state.error().message);
    return std::move(*state);
  }
  // "" when the dataset is the ledger's.
  std::string mismatch() const {
    const auto verified = verify_dataset(settings, scanned(), ledger);
    if (!verified) CHECK(verified.error().code == errc::mismatch);
    return verified ? "" : verified.error().message;
  }
  std::string changed(const std::string& record) const {
    return "the dataset has changed: " + record + " is not the one that " + ledger +
           " holds an answer to. Give the old dataset (rows appended to it are welcome), another "
           "run name, or --fresh to start over (the old run is kept)";
  }
  std::string shortened(int records, int ordinal) const {
    return fmt::format(
        "the dataset has changed: it has {} records, and {} holds an answer to "
        "record {}",
        records, ledger, ordinal);
  }
};

}  // namespace

TEST_CASE("a scan counts what is settled, as it was judged, and how far the dataset must reach") {
  const resumed_run run;
  run.write_ledger({answered(0, "1"), rejected(answered(7, "x"), reject_reason::incorrect),
                    failed(9, failure_kind::timeout), failed(3, failure_kind::bad_request),
                    failed(1, failure_kind::network), answered(1, "2")});
  const ledger_state state = run.scanned();
  CHECK(state.accepted == 2);
  CHECK(state.rejected == 1);
  CHECK(state.done.settled() == 4);
  CHECK(state.done.failed() == 2);
  CHECK(state.rows_needed == 8);
  CHECK(state.damaged == 0);
  for (const std::uint64_t ordinal : {0, 1, 3, 7}) CHECK(state.done.settled_of(ordinal) > 0);
  for (const std::uint64_t ordinal : {2, 9}) CHECK(state.done.settled_of(ordinal) == 0);
}

TEST_CASE("a sample that is in the ledger twice counts once") {
  const resumed_run run;
  run.write_dataset(sum_rows(0, 1));
  run.write_ledger(
      {answered(0, "1"), answered(0, "1"), rejected(answered(0, "2"), reject_reason::incorrect)});
  const ledger_state state = run.scanned();
  CHECK(state.accepted == 1);
  CHECK(state.rejected == 0);
  CHECK(run.mismatch() == "");
}

TEST_CASE("of answers that waited for their verdict only those are kept that still do") {
  resumed_run run;
  run.settings.dataset.paths = {run.dataset};
  std::vector<sample> lines;
  const auto waiting = [](std::uint64_t n) {
    sample one = answered(n, "1");
    one.is_unjudged = one.has_more = true;
    return one;
  };
  for (std::uint64_t n = 0; n < 6000; ++n) {
    lines.push_back(waiting(n));
    if (n % 1000 != 7) lines.push_back(answered(n, "1"));
  }
  run.write_ledger(lines);
  run.write_dataset(sum_rows(0, 6000));
  const ledger_state state = run.scanned();
  REQUIRE(state.answers.size() == 6);
  CHECK(state.claimed.size() == 6);
  CHECK(state.answers[5].key.ordinal == 5007);
  CHECK(state.claimed[5].ordinal == 5007);
  CHECK(state.accepted == 5994);
  CHECK(state.done.failed() == 0);
  CHECK(run.mismatch() == "");
}

TEST_CASE("no ledger, an empty one and a torn header hold nothing") {
  const resumed_run run;
  CHECK(run.scanned().done.settled() == 0);
  for (const std::string& content :
       {std::string(), io::ledger_header(), std::string("{\"retort_l")}) {
    run.directory.file("ledger.jsonl", content);
    const ledger_state state = run.scanned();
    CHECK(state.done.settled() == 0);
    CHECK(state.rows_needed == 0);
  }
}

TEST_CASE("a torn tail holds nothing") {
  const resumed_run run;
  const std::string whole = test::ledger_of({answered(0, "1"), answered(1, "2")});
  run.directory.file("ledger.jsonl", whole.substr(0, whole.size() - 1));
  CHECK(run.scanned().done.settled() == 1);
}

TEST_CASE("damaged lines are counted, the first is named, and their samples are not settled") {
  const resumed_run run;
  run.write_dataset(sum_rows(0, 5));
  std::string ledger = test::ledger_of(
      {answered(0, "one"), answered(1, "two"), answered(2, "three"), answered(3, "four")});
  for (const char* text : {"two", "four"}) ledger[ledger.find(text)] = 'X';
  run.directory.file("ledger.jsonl", ledger);
  const ledger_state state = run.scanned();
  CHECK(state.damaged == 2);
  CHECK(state.first_damaged == 3);
  CHECK(state.accepted == 2);
  CHECK(state.done.settled_of(1) == 0);
  CHECK(state.done.settled_of(3) == 0);
  CHECK(run.mismatch() == "");
}

TEST_CASE("a sealed line that is no sample's, and a file that is no ledger, are named") {
  const resumed_run run;
  run.directory.file("ledger.jsonl",
                     test::ledger_of({answered(0, "1")}) + test::sealed_line(R"({"a":1})"));
  const auto strange = scan(run.ledger, way_plan(run.settings));
  REQUIRE_FALSE(strange.has_value());
  CHECK(strange.error().code == errc::mismatch);
  CHECK(strange.error().message == run.ledger + ": line 3 does not begin with a key");

  run.directory.file("ledger.jsonl", "a,b\n");
  const auto other = scan(run.ledger, way_plan(run.settings));
  REQUIRE_FALSE(other.has_value());
  CHECK(other.error().code == errc::mismatch);
}

TEST_CASE("the dataset that the ledger was made from is welcome, also with rows appended") {
  const resumed_run run;
  run.write_ledger({answered(3, "4"), answered(0, "1"), failed(2, failure_kind::content_filter)});
  for (const std::uint64_t rows : {4, 5, 100}) {
    run.write_dataset(sum_rows(0, rows));
    CHECK(run.mismatch() == "");
  }
}

TEST_CASE("a row that changed is named with its place, the first of several") {
  const resumed_run run;
  run.write_ledger({answered(1, "2"), answered(2, "3"), answered(4, "5")});
  const std::string before = sum_rows(0, 2), after = sum_rows(3, 5);
  run.write_dataset(before + sum_row(7) + "\n" + after);
  CHECK(run.mismatch() == run.changed("record 2 (" + run.dataset + ":3)"));
  run.write_dataset(before + " " + sum_row(2) + "\n" + after);  // a blank is a change too
  CHECK(run.mismatch() == run.changed("record 2 (" + run.dataset + ":3)"));
  run.write_dataset("\n\n" + sum_rows(1, 6));  // a row is gone; blank lines are no rows
  CHECK(run.mismatch() == run.changed("record 1 (" + run.dataset + ":4)"));
}

TEST_CASE("rows without a settled sample may change") {
  const resumed_run run;
  run.write_ledger({answered(0, "1"), failed(1, failure_kind::timeout), answered(2, "3")});
  run.write_dataset(sum_row(0) + "\n{}\n" + sum_row(2) + "\n");
  CHECK(run.mismatch() == "");
}

TEST_CASE("rows that changed places are another dataset") {
  const resumed_run run;
  run.write_ledger({answered(0, "1"), answered(1, "2"), answered(2, "3")});
  run.write_dataset(sum_row(0) + '\n' + sum_row(2) + '\n' + sum_row(1) + '\n');
  CHECK(run.mismatch() == run.changed("record 1 (" + run.dataset + ":2)"));
}

TEST_CASE("a dataset that became too short says what it lacks") {
  const resumed_run run;
  run.write_ledger({answered(0, "1"), answered(6, "7")});
  run.write_dataset(sum_rows(0, 6));
  CHECK(run.mismatch() == run.shortened(6, 6));
  run.write_dataset("");
  CHECK(run.mismatch() == run.shortened(0, 6));
}

TEST_CASE("a record whose answer has no verdict yet, or is away, may not change either") {
  const resumed_run run;
  sample unjudged = answered(4, "5");
  unjudged.is_unjudged = true;
  const auto mismatch = [&](const std::vector<sample>& done, const std::vector<claimed_row>& away) {
    run.write_ledger(done);
    ledger_state state = run.scanned();
    add_claims(away, state);
    const auto verified = verify_dataset(run.settings, state, run.ledger);
    return verified ? "" : verified.error().message;
  };
  const std::vector<claimed_row> away = {{2, hash_row(sum_row(2)), true},
                                         {4, hash_row(sum_row(4)), true},
                                         {1, hash_row(sum_row(1)), true}};
  const std::string batches = run.directory.path() + "/batches holds a request of";
  const auto begins = [&](const std::string& message, const std::string& with) {
    CAPTURE(message);
    CHECK(message.starts_with("the dataset has changed: " + with));
  };
  for (const std::uint64_t rows : {5, 9}) {
    run.write_dataset(sum_rows(0, rows));
    CHECK(mismatch({}, away) == "");
    CHECK(mismatch({answered(0, "1"), answered(2, "3"), unjudged}, away) == "");
  }
  run.write_dataset(sum_row(9) + '\n' + sum_rows(0, 9));
  begins(mismatch({}, away), "record 1 (" + run.dataset + ":2) is not the one that " + batches);
  CHECK(mismatch({answered(0, "1")}, away) == run.changed("record 0 (" + run.dataset + ":1)"));
  CHECK(mismatch({unjudged}, {}) == run.changed("record 4 (" + run.dataset + ":5)"));
  run.write_dataset(sum_rows(0, 4));
  CHECK(mismatch({answered(0, "1"), unjudged}, {}) == run.shortened(4, 4));
  begins(mismatch({unjudged}, away), "it has 4 records, and " + batches + " record 4");
}

TEST_CASE("every settled variant of a row counts") {
  const resumed_run run(3);
  run.write_ledger({answered(0, "1", 0), answered(0, "1", 1), answered(0, "1", 2),
                    answered(1, "2", 1), failed(1, failure_kind::timeout, 0), answered(2, "3", 2),
                    answered(2, "3", 0)});
  const ledger_state state = run.scanned();
  CHECK(state.done.settled() == 6);
  CHECK(state.done.settled_of(0) == 3);
  CHECK(state.done.settled_of(1) == 1);
  run.write_dataset(sum_rows(0, 3));
  CHECK(run.mismatch() == "");
  run.write_dataset(sum_row(0) + '\n' + sum_row(5) + '\n' + sum_row(2) + '\n');
  CHECK(run.mismatch() == run.changed("record 1 (" + run.dataset + ":2)"));
}

TEST_CASE("the rows may be spread over other files than before") {
  resumed_run run;
  run.write_ledger({answered(0, "1"), answered(1, "2"), answered(2, "3")});
  run.settings.dataset.paths = {run.directory.file("a.jsonl", sum_rows(0, 2)),
                                run.directory.file("b.jsonl", sum_rows(2, 3))};
  CHECK(run.mismatch() == "");
  run.directory.file("b.jsonl", sum_rows(3, 4));
  CHECK(run.mismatch() == run.changed("record 2 (" + run.directory.path() + "/b.jsonl:1)"));
}

TEST_CASE("a dataset that cannot be read is an error of its own") {
  const resumed_run run;
  run.write_ledger({answered(0, "1")});
  const auto verified = verify_dataset(run.settings, run.scanned(), run.ledger);
  REQUIRE_FALSE(verified.has_value());
  CHECK(verified.error().code == errc::unreadable);
}

namespace {

std::string line_with(const std::string& key, const std::string& verdict,
                      const std::string& more = "") {
  return test::sealed_line(R"({"key":[)" + key + R"(],"verdict":")" + verdict + R"(","row":"00")" +
                           more + "}");
}

}  // namespace

TEST_CASE("a line that this version or this config does not know is refused, in one line") {
  struct {
    std::string line;
    std::string problem;
  } const table[] = {
      {line_with("1,2,0", "accepted"),
       "holds a sample of variant 2, and the config has 2 (models, times what varies; from 0): "
       "give "
       "the config that the ledger was made with"},
      {line_with("1,4294967295,0", "failed"),
       "holds a sample of variant 4294967295, and the config has 2 (models, times what varies; "
       "from "
       "0): give the config that the ledger was made with"},
      {line_with("1,0,1", "accepted"),
       "holds sample 2 of a record, and samples.n is 1: give at least the n that the ledger was "
       "made with"},
      {line_with("18446744073709551615,0,0", "accepted"),
       "holds a sample of a record that no dataset can have"},
      {line_with("1,0,0", "praised"),
       "has the verdict \"praised\", which this version of retort does not know"},
      {line_with("1,0,0", "rejected", R"(,"completion":"x","reason":"dull")"),
       "has the reason \"dull\", which this version of retort does not know"},
      {line_with("1,0,0", "rejected", R"(,"completion":"x")"),
       "says rejected and holds a sample that is accepted"},
      {line_with("1,0,0", R"(rejected","reason":"dull)"),
       "has the reason \"dull\", which this version of retort does not know"},
  };
  const resumed_run run(2);
  for (const auto& [line, problem] : table) {
    CAPTURE(line);
    run.directory.file("ledger.jsonl", test::ledger_of({answered(0, "1")}) + line);
    const auto state = scan(run.ledger, way_plan(run.settings));
    REQUIRE_FALSE(state.has_value());
    CHECK(state.error().code == errc::mismatch);
    CHECK(state.error().message == run.ledger + ": line 3 " + problem);
  }
}

TEST_CASE("what a scan counts is what the views count, under whatever config") {
  resumed_run run;
  const auto with = [&](const std::string& reference, std::optional<std::uint64_t> min_length) {
    config c = run.settings;
    c.prompt.user = "{{question}}";
    c.reference = {reference, {}};
    c.evaluate = {test::configured("exact")};
    c.filter.min_length = min_length;
    return c;
  };
  const config first = with("{{answer}}", {});
  std::vector<sample> samples = {answered(0, "1"),
                                 answered(1, "no"),
                                 answered(2, " "),
                                 failed(3, failure_kind::timeout),
                                 answered(4, "5"),
                                 answered(4, "6"),
                                 failed(5, failure_kind::bad_request)};
  for (sample& one : samples) assessor::make(first).value().decide(one);
  run.write_ledger(samples);
  for (const config& now : {first, with("{{answer}}", 2), with("other", {})}) {
    const assessor assess = assessor::make(now).value();
    auto state = scan(run.ledger, way_plan(run.settings), &assess).value();
    CHECK((state.stale == 0) == (answer_shaping(now) == answer_shaping(first) &&
                                 view_shaping(now) == view_shaping(first)));
    REQUIRE(count_again(run.ledger, reviewer(&assess), state).has_value());
    config out = now;
    out.run_dir = run.directory.path();
    test::plain_views views(out);
    auto fold = views.open(out, assess).value();
    const auto scanned = io::scan_ledger(
        run.ledger, [&](const io::ledger_line& line) { return fold.take(line.text).has_value(); });
    REQUIRE(scanned.has_value());
    CHECK(state.accepted == fold.counts().accepted);
    CHECK(state.rejected == fold.counts().rejected.all());
    CHECK(state.done.failed() == fold.counts().failed);
  }
}

TEST_CASE("each row with a settled sample is shown once, and a changed dataset is told first") {
  const resumed_run run(2);
  run.write_ledger({answered(3, "4", 1), answered(0, "1", 0), answered(0, "1", 1),
                    failed(1, failure_kind::timeout)});
  run.write_dataset(sum_rows(0, 6));
  std::vector<std::uint64_t> seen;
  const settled_row each = [&](const io::row& row, const io::dataset_reader&) -> result<void> {
    seen.push_back(row.ordinal);
    if (row.ordinal == 3) return error{errc::dataset, "a bad one"};
    return {};
  };
  const auto bad = verify_dataset(run.settings, run.scanned(), run.ledger, each);
  CHECK(seen == std::vector<std::uint64_t>{0, 3});
  REQUIRE_FALSE(bad.has_value());
  CHECK(bad.error().message == "a bad one");
  run.write_dataset(sum_rows(1, 7));
  const auto changed = verify_dataset(run.settings, run.scanned(), run.ledger, each);
  REQUIRE_FALSE(changed.has_value());
  CHECK(changed.error().code == errc::mismatch);
}

TEST_CASE("the first signal ends whatever reads the ledger or the dataset") {
  resumed_run run;
  run.settings.prompt.user = "{{question}}";
  run.write_dataset(sum_rows(0, 3));
  run.write_ledger({answered(0, "1"), answered(2, "3")});
  const assessor assess = assessor::make(run.settings).value();
  ledger_state state = run.scanned();
  const auto stop = std::make_shared<io::interrupt>();
  const auto ends = [](const auto& outcome) {
    return !outcome.has_value() && outcome.error().code == errc::cancelled;
  };
  for (const bool is_changed : {false, true}) {
    if (is_changed) ++state.row_hashes;
    stop->raise();
    CHECK(ends(scan(run.ledger, way_plan(run.settings), nullptr, stop.get())));
    CHECK(ends(count_again(run.ledger, reviewer(&assess), state, stop.get())));
    CHECK(ends(verify_dataset(run.settings, state, run.ledger, {}, stop)));
  }
}
