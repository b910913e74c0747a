#include "engine/views/view_fold.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <set>
#include <sstream>

#include "engine/plan/way_plan.hpp"
#include "tests/support/plain_views.hpp"
#include "tests/support/samples.hpp"
#include "tests/support/temporary_directory.hpp"

using namespace retort;
using namespace retort::engine;
using providers::failure_kind;
using test::answered;
using test::content_of;
using test::failed;

namespace {

struct both {
  std::string output, rejected;
  bool operator==(const both&) const = default;
};

// A run's config with its directory, and the folds made in it.
struct run_with_views {
  test::temporary_directory directory;
  config settings;

  run_with_views() {
    settings.run_dir = directory.path();
    settings.prompt.user = "{{question}}";
    settings.models.resize(1);
    settings.models[0].model = "fake-model";
    settings.evaluate.resize(1);
    settings.evaluate[0].kind = "numeric";
    settings.outputs[0].rejected = true;
  }

  std::string path(std::size_t view) const {
    const view_list views = views_of(settings);
    return view < views.size() ? views[view]->path() : std::string();
  }
  both content() const { return {content_of(path(0)), content_of(path(1))}; }
  void put(const both& files) const {
    directory.file(std::filesystem::path(path(0)).filename().string(), files.output);
    directory.file(std::filesystem::path(path(1)).filename().string(), files.rejected);
  }

  assessor judge() const {
    auto made = assessor::make(settings);
    REQUIRE(made.has_value());
    return std::move(*made);
  }
  // As the run judges it before it goes into the ledger.
  sample judged(sample one) const {
    judge().decide(one);
    return one;
  }

  // Of a ledger that is known from its first line to its last, as an export knows it.
  view_counts fold(const std::vector<sample>& ledger) const {
    const assessor how = judge();
    test::plain_views views(settings);
    auto opened = views.open(settings, how);
    REQUIRE_MESSAGE(opened.has_value(), opened.error().message);
    opened->expect(counts_of(ledger));
    for (const auto& one : ledger) take(*opened, one);
    REQUIRE(opened->finish().has_value());
    return opened->counts();
  }
  line_counts counts_of(const std::vector<sample>& ledger) const {
    const way_plan plan(settings);
    line_counts out;
    for (const auto& one : ledger) out.add(plan.layout().branch_of(one.key));
    return out;
  }
  static void take(view_fold& fold, const sample& one) {
    const auto taken = fold.take(test::padded(test::ledger_line_of(one)));
    REQUIRE_MESSAGE(taken.has_value(), taken.error().message);
  }

  // One of everything: 3 accepted, 2 rejected, 2 failed, one of them made good later.
  std::vector<sample> mixed_ledger() const {
    const sample failures[] = {failed(2, failure_kind::timeout),
                               failed(4, failure_kind::bad_request)};
    return {judged(answered(0, "It is 1")),
            judged(answered(1, "5 \"or so\"\n")),
            failures[0],
            judged(answered(3, " ")),
            failures[1],
            judged(answered(5, "é 6")),
            judged(answered(2, "3"))};
  }
};

std::string lines_of(config run, std::size_t view, const std::vector<sample>& samples) {
  run.outputs[0].rejected = true;
  const view_list views = views_of(run);
  std::string lines;
  for (const auto& one : samples) views[view]->render(one, lines);
  return lines;
}

// Whatever an earlier config held of them.
std::string training_lines(const config& run, std::vector<sample> accepted) {
  for (auto& one : accepted) one.rejected.reset();
  return lines_of(run, 0, accepted);
}

std::string rejected_lines(const config& run, const std::vector<sample>& rejected) {
  return lines_of(run, 1, rejected);
}

}  // namespace

TEST_CASE(
    "accepted and rejected samples go to their files in the ledger's order, and are counted") {
  const run_with_views run;
  const auto ledger = run.mixed_ledger();
  const view_counts counts = run.fold(ledger);
  CHECK(run.content() == both{training_lines(run.settings, {ledger[0], ledger[5], ledger[6]}),
                              rejected_lines(run.settings, {ledger[1], ledger[3]})});
  CHECK(counts.accepted == 3);
  CHECK(counts.rejected == reject_counts{{0, 1, 1}});  // no_output, incorrect
  CHECK(counts.rejected.all() == 2);
  CHECK(counts.failed == 1);
}

TEST_CASE("an empty ledger makes empty views, in CSV with a header") {
  run_with_views run;
  CHECK(run.fold({}).accepted == 0);
  CHECK(run.content() == both{"", ""});
  run.settings.outputs[0].format = "csv";
  run.fold({});
  CHECK(run.content() == both{"prompt,completion,metadata\r\n", ""});
}

TEST_CASE("rejected samples that nobody asked for are counted and not written") {
  run_with_views run;
  run.settings.outputs[0].rejected = false;
  CHECK(run.fold(run.mixed_ledger()).rejected.all() == 2);
  CHECK_FALSE(std::filesystem::exists(run.directory.path() + "/finetuning_data.rejected.jsonl"));
}

TEST_CASE("the same ledger always gives the same bytes, whatever the files held before") {
  const run_with_views run;
  const auto ledger = run.mixed_ledger();
  run.fold(ledger);
  const both once = run.content();
  const both earlier[] = {
      once,
      {"", once.rejected},
      {once.output + "left over", once.rejected + once.rejected},
      {std::string(10'000, 'x'), std::string(10'000, 'y')},
      {"x", "y"},
  };
  for (const both& files : earlier) {
    run.put(files);
    run.fold(ledger);
    CHECK(run.content() == once);
  }
}

TEST_CASE("views cut at any byte are completed to the same bytes") {
  run_with_views run;
  run.settings.outputs[0].rejected = false;  // each fold waits for the disk
  const std::vector<sample> ledger{run.judged(answered(0, "1\n")), run.judged(answered(1, "2"))};
  run.fold(ledger);
  const std::string view = run.path(0);
  const std::string whole = content_of(view);
  for (std::size_t cut = 0; cut < whole.size(); ++cut) {
    run.directory.file("finetuning_data.jsonl", whole.substr(0, cut));
    run.fold(ledger);
    if (content_of(view) != whole) FAIL("cut at byte ", cut);
  }
}

TEST_CASE("the fold of a longer ledger begins with that of a shorter one") {
  const run_with_views run;
  const auto ledger = run.mixed_ledger();
  both before;
  for (std::size_t lines = 0; lines <= ledger.size(); ++lines) {
    run.fold({ledger.begin(), ledger.begin() + static_cast<std::ptrdiff_t>(lines)});
    const both now = run.content();
    CHECK(now.output.starts_with(before.output));
    CHECK(now.rejected.starts_with(before.rejected));
    before = now;
  }
}

TEST_CASE("a view keeps what it held until it is finished, and shows what was flushed") {
  const run_with_views run;
  const sample one = run.judged(answered(0, "1"));
  const std::string line = training_lines(run.settings, {one});
  const std::string old(2 * line.size(), 'x');
  run.put({old, "old"});
  const assessor how = run.judge();
  test::plain_views views(run.settings);
  auto fold = views.open(run.settings, how);
  REQUIRE(fold.has_value());
  CHECK(run.content() == both{old, "old"});
  run_with_views::take(*fold, one);
  REQUIRE(fold->flush().has_value());
  CHECK(run.content() == both{line, "old"});  // what follows a difference is no view's
  REQUIRE(fold->finish().has_value());
  CHECK(run.content() == both{line, ""});
}

TEST_CASE("a fold that is given up leaves the views as long as they were") {
  const run_with_views run;
  run.put({std::string(10'000, 'x'), "y"});
  const assessor how = run.judge();
  {
    test::plain_views views(run.settings);
    auto fold = views.open(run.settings, how);
    REQUIRE(fold.has_value());
    run_with_views::take(*fold, run.judged(answered(0, "1")));
  }
  CHECK(run.content().output.size() == 10'000);
  CHECK(run.content().rejected == "y");
}

TEST_CASE("the last word on a sample counts, and a settled one has had it") {
  const run_with_views run;
  const sample accepted = run.judged(answered(0, "1"));
  const sample rejected = run.judged(answered(0, "2"));
  const sample open = failed(0, failure_kind::overloaded);
  const sample hopeless = failed(0, failure_kind::content_filter);
  struct {
    const char* name;
    std::vector<sample> ledger;
    std::uint64_t accepted, rejected, failed;
  } const table[] = {
      {"failed", {open}, 0, 0, 1},
      {"failed twice", {open, open}, 0, 0, 1},
      {"failed, then accepted", {open, open, accepted}, 1, 0, 0},
      {"failed, then rejected", {open, rejected}, 0, 1, 0},
      {"failed, then for good", {open, hopeless}, 0, 0, 1},
      {"failed for good, then accepted", {hopeless, accepted}, 0, 0, 1},
      {"accepted twice", {accepted, accepted}, 1, 0, 0},
      {"accepted, then rejected", {accepted, rejected}, 1, 0, 0},
      {"rejected, then accepted", {rejected, accepted}, 0, 1, 0},
      {"accepted, then failed", {accepted, open}, 1, 0, 0},
  };
  for (const auto& [name, ledger, n_accepted, n_rejected, n_failed] : table) {
    CAPTURE(name);
    const view_counts counts = run.fold(ledger);
    CHECK(counts.accepted == n_accepted);
    CHECK(counts.rejected.all() == n_rejected);
    CHECK(counts.failed == n_failed);
    const both files = run.content();
    CHECK(std::count(files.output.begin(), files.output.end(), '\n') == n_accepted);
    CHECK(std::count(files.rejected.begin(), files.rejected.end(), '\n') == n_rejected);
  }
}

TEST_CASE("the samples of several variants are samples of their own") {
  run_with_views run;
  run.settings.models.resize(2);
  run.settings.models[1].model = "other-model";
  const std::vector<sample> ledger{run.judged(answered(0, "1", 1)), run.judged(answered(0, "1", 0)),
                                   run.judged(answered(1, "2", 0))};
  CHECK(run.fold(ledger).accepted == 3);
  CHECK(run.content().output == training_lines(run.settings, ledger));
}

TEST_CASE("a ledger that was judged under another filter is judged again") {
  run_with_views run;
  const std::vector<sample> ledger{run.judged(answered(0, "1")), run.judged(answered(1, "9")),
                                   run.judged(answered(2, "it is 3"))};
  CHECK(run.fold(ledger).accepted == 2);

  run.settings.filter.only_correct = false;
  CHECK(run.fold(ledger).accepted == 3);
  CHECK(run.content() == both{training_lines(run.settings, ledger), ""});

  run.settings.filter = {true, std::nullopt, 3};
  const view_counts counts = run.fold(ledger);
  CHECK(counts.accepted == 1);
  CHECK(counts.rejected == reject_counts{{0, 0, 1, 0, 1}});
  CHECK(run.content() ==
        both{training_lines(run.settings, {ledger[0]}),
             rejected_lines(run.settings, {run.judged(ledger[1]), run.judged(ledger[2])})});
}

TEST_CASE("an answer that an earlier version accepted although it was cut off is judged again") {
  run_with_views run;
  sample cut = answered(0, "1");
  cut.completion.finish_reason = "length";
  cut.completion.finish = providers::finish::length;
  cut = run.judged(cut);
  cut.judged_by = 7;  // an older version's
  cut.rejected.reset();
  sample untold = answered(1, "2");
  untold.completion.finish_reason = "";
  untold.completion.finish = providers::finish::unknown;
  untold = run.judged(untold);
  const view_counts by_default = run.fold({cut, untold});
  CHECK(by_default.accepted == 1);
  CHECK(by_default.unknown_finish == 1);
  CHECK(by_default.rejected[reject_reason::cut_off] == 1);
  CHECK(run.content() == both{training_lines(run.settings, {run.judged(untold)}),
                              rejected_lines(run.settings, {run.judged(cut)})});

  run.settings.filter.finish = {providers::finish::length};
  const view_counts reversed = run.fold({cut, untold});
  CHECK(reversed.accepted == 1);
  CHECK(reversed.unknown_finish == 0);
  CHECK(run.content().output == training_lines(run.settings, {run.judged(cut)}));
}

TEST_CASE("a line that is no sample's is an error, and what came before it stays") {
  const run_with_views run;
  const assessor how = run.judge();
  test::plain_views views(run.settings);
  auto fold = views.open(run.settings, how);
  REQUIRE(fold.has_value());
  run_with_views::take(*fold, run.judged(answered(0, "1")));
  const auto taken = fold->take(test::padded("not JSON"));
  REQUIRE_FALSE(taken.has_value());
  CHECK(taken.error().code == errc::mismatch);
  CHECK(fold->counts().accepted == 1);
}

TEST_CASE("views that cannot be written say which file, when opened or when flushed") {
  run_with_views run;
  const assessor how = run.judge();
  run.settings.outputs[0].path = run.directory.path() + "/missing/data.jsonl";
  test::plain_views missing(run.settings);
  const auto nowhere = missing.open(run.settings, how);
  REQUIRE_FALSE(nowhere.has_value());
  CHECK(nowhere.error().code == errc::unwritable);
  CHECK(nowhere.error().message ==
        run.settings.outputs[0].path + ": cannot open: No such file or directory");

  run.settings.outputs[0].path = "/dev/full";
  run.settings.outputs[0].rejected = false;
  test::plain_views full_views(run.settings);
  auto full = full_views.open(run.settings, how);
  REQUIRE(full.has_value());
  run_with_views::take(*full, run.judged(answered(0, "1")));
  const auto flushed = full->flush();
  REQUIRE_FALSE(flushed.has_value());
  CHECK(flushed.error().code == errc::disk);
  CHECK(flushed.error().message.starts_with("/dev/full: "));
  CHECK_FALSE(full->finish().has_value());
}

namespace {

// Which keeps the best of three answers.
struct keeping_the_best : run_with_views {
  keeping_the_best() {
    settings.samples.n = 3;
    settings.samples.keep = keep::best;
  }
};

sample nth(const run_with_views& run, std::uint64_t ordinal, std::uint32_t k, std::string text) {
  sample one = answered(ordinal, std::move(text));
  one.key.k = k;
  return run.judged(one);
}

std::string not_kept_lines(const config& run, std::vector<sample> accepted) {
  for (auto& one : accepted) one.rejected = reject_reason::not_kept;
  return rejected_lines(run, accepted);
}

}  // namespace

TEST_CASE("the best of a record's answers is kept, in whatever order they came") {
  const keeping_the_best run;
  const auto right = nth(run, 0, 0, "It is 1"), wrong = nth(run, 0, 1, "2"),
             shorter = nth(run, 0, 2, "1");
  std::vector<const sample*> ledger = {&right, &wrong, &shorter};
  std::ranges::sort(ledger);
  do {
    const view_counts counts = run.fold({*ledger[0], *ledger[1], *ledger[2]});
    CHECK(run.content().output == training_lines(run.settings, {shorter}));
    CHECK(run.content().rejected ==
          rejected_lines(run.settings, {wrong}) + not_kept_lines(run.settings, {right}));
    CHECK(counts.accepted == 1);
    CHECK(counts.rejected[reject_reason::not_kept] == 1);
    CHECK(counts.rejected[reject_reason::incorrect] == 1);
  } while (std::ranges::next_permutation(ledger).found);
}

TEST_CASE("a record's answers are held until its plan is done, and no longer") {
  const keeping_the_best run;
  const auto first = nth(run, 0, 0, "It is 1"), next = nth(run, 1, 0, "2"),
             second = nth(run, 0, 1, "1"), third = nth(run, 0, 2, "is 1");
  run.fold({first, next, second, third, nth(run, 1, 1, "It is 2"), nth(run, 1, 2, "It is 2")});
  CHECK(run.content().output == training_lines(run.settings, {second, next}));
  keeping_the_best until;
  until.settings.samples.until_accepted = 1;
  until.fold({next, first});
  CHECK(until.content().output == training_lines(run.settings, {next, first}));
}

TEST_CASE(
    "where the ledger ends what is held is chosen as it stands, and a longer one says better") {
  const keeping_the_best run;
  const auto open = failed(0, failure_kind::timeout);
  const auto first = nth(run, 0, 1, "It is 1"), other = nth(run, 1, 0, "2"),
             better = nth(run, 0, 0, "1"), last = nth(run, 0, 2, "is 1");
  const view_counts counts = run.fold({other, open, first});
  CHECK(run.content().output == training_lines(run.settings, {first, other}));  // by ordinal
  CHECK(counts.accepted == 2);
  CHECK(counts.failed == 1);
  run.fold({other, open, first, better, last});
  CHECK(run.content().output == training_lines(run.settings, {better, other}));
  CHECK(run.content().rejected == not_kept_lines(run.settings, {first, last}));
}

namespace {

// Where a fold is while the lines are made, of which nothing is known beforehand.
struct growing_fold {
  const run_with_views* run;
  assessor how;
  test::plain_views views;
  std::optional<view_fold> fold;

  explicit growing_fold(const run_with_views& of) : run(&of), how(of.judge()), views(of.settings) {
    auto opened = views.open(of.settings, how);
    REQUIRE(opened.has_value());
    fold.emplace(std::move(*opened));
  }
  result<void> take(const sample& one) {
    return fold->take(test::padded(test::ledger_line_of(one)));
  }
  both finish() {
    REQUIRE(fold->finish().has_value());
    return run->content();
  }
};

// Files of samples have them in the ledger's order.
std::multiset<std::string> sorted_lines(const std::string& text) {
  std::multiset<std::string> out;
  std::istringstream from(text);
  for (std::string line; std::getline(from, line);) out.insert(line);
  return out;
}

sample with_more(sample one) {
  one.has_more = true;
  return one;
}

}  // namespace

TEST_CASE("what is made of a record is the same in whatever order the ledger has its lines") {
  for (const char* format : {"prompt_completion", "preference", "reward", "unpaired"}) {
    CAPTURE(format);
    keeping_the_best run;
    run.settings.outputs[0].format = format;
    run.settings.outputs[0].pairs = 5;
    run.settings.outputs[0].rejected = false;
    const std::vector<sample> made = {nth(run, 0, 0, "7"), nth(run, 0, 1, "It is 1"),
                                      nth(run, 0, 2, "1")};
    for (const keep kept : {keep::all, keep::best}) {
      run.settings.samples.keep = kept;
      for (const std::uint32_t until : {0U, 1U, 2U}) {
        run.settings.samples.until_accepted = until;
        run.fold(made);
        const auto expected = sorted_lines(run.content().output);
        CHECK_FALSE(expected.empty());
        std::vector<std::size_t> order = {0, 1, 2};
        do {
          run.fold({made[order[0]], made[order[1]], made[order[2]]});
          CHECK(sorted_lines(run.content().output) == expected);
        } while (std::ranges::next_permutation(order).found);
      }
    }
  }
}

TEST_CASE("a plan that asks for less than was asked changes nothing of what a record comes to") {
  keeping_the_best run;
  run.settings.outputs[0].rejected = false;
  const std::vector<sample> made = {nth(run, 0, 0, "It is 1"), nth(run, 0, 1, "7"),
                                    nth(run, 0, 2, "1")};
  for (const char* format : {"reward", "preference"}) {
    run.settings.outputs[0].format = format;
    run.settings.samples.until_accepted = 0;
    run.fold(made);
    const std::string whole = run.content().output;
    CHECK_FALSE(whole.empty());
    run.settings.samples.until_accepted = 1;
    run.fold(made);
    CHECK(run.content().output == whole);
  }
}

TEST_CASE("of a record of which more was under way what came last is chosen from as well") {
  keeping_the_best run;
  run.settings.samples.until_accepted = 1;
  run.settings.samples.parallel = 3;
  const auto first = with_more(nth(run, 0, 1, "It is 1")), wrong = with_more(nth(run, 0, 2, "2")),
             last = nth(run, 0, 0, "1"), other = nth(run, 1, 0, "2");
  growing_fold growing(run);
  for (const sample& one : {first, other, wrong, last}) CHECK(growing.take(one).has_value());
  const both made = growing.finish();
  CHECK(made ==
        both{training_lines(run.settings, {other, last}),
             rejected_lines(run.settings, {wrong}) + not_kept_lines(run.settings, {first})});
  run.fold({first, other, wrong, last});
  CHECK(run.content() == made);
}

TEST_CASE(
    "a record of which more was under way that never came stands at the end, then and later") {
  keeping_the_best run;
  run.settings.samples.until_accepted = 1;
  run.settings.samples.parallel = 3;
  const auto first = with_more(nth(run, 0, 1, "It is 1")), other = nth(run, 1, 0, "2");
  growing_fold growing(run);
  for (const sample& one : {first, other}) CHECK(growing.take(one).has_value());
  const both made = growing.finish();
  CHECK(made.output == training_lines(run.settings, {other, first}));
  run.fold({first, other});
  CHECK(run.content() == made);
}

TEST_CASE("a fold that took a record to be over does not go on when more of it comes") {
  keeping_the_best run;
  run.settings.samples.until_accepted = 1;
  growing_fold growing(run);
  CHECK(growing.take(nth(run, 0, 0, "It is 1")).has_value());
  const auto taken = growing.take(nth(run, 0, 1, "1"));
  REQUIRE_FALSE(taken.has_value());
  CHECK(taken.error().message.find("more of record 0") != std::string::npos);
}

TEST_CASE("the score is that of the evaluator that decides, and unscored is less than any") {
  keeping_the_best run;
  run.settings.filter.only_correct = false;
  sample wrong = nth(run, 0, 0, "9"), right = nth(run, 0, 1, "The answer is 1"),
         none = nth(run, 0, 2, "7");
  none.evaluations[0].score.reset();
  run.fold({wrong, right, none});
  CHECK(run.content().output == training_lines(run.settings, {right}));
  const auto score = [&](const sample& of) { return run.judge().deciding_score(of); };
  CHECK(score(right) == 1);
  CHECK(score(wrong) == 0);
  CHECK_FALSE(score(none).has_value());
}

TEST_CASE("the majority of a record's answers is kept, all of it, with or without a reference") {
  keeping_the_best run;
  run.settings.samples.n = 4;
  run.settings.samples.keep = keep::majority;
  std::vector<sample> all = {nth(run, 0, 0, "It is 2"), nth(run, 0, 1, "It is 1"),
                             nth(run, 0, 2, "3"), nth(run, 0, 3, "2.0")};
  for (sample& one : all) {
    one.reference.reset();
    run.judge().decide(one);
  }
  const view_counts counts = run.fold({all[3], all[2], all[1], all[0]});
  CHECK(run.content().output == training_lines(run.settings, {all[0], all[3]}));
  CHECK(run.content().rejected == not_kept_lines(run.settings, {all[1], all[2]}));
  CHECK(counts.accepted == 2);
}

TEST_CASE("filters that go by what was kept before ask behind the vote, not before it") {
  keeping_the_best run;
  run.settings.samples.n = 4;
  run.settings.samples.keep = keep::majority;
  const auto votes = [&](std::uint64_t ordinal, std::vector<std::string> texts) {
    std::vector<sample> made;
    for (std::string& text : texts) {
      made.push_back(nth(run, ordinal, static_cast<std::uint32_t>(made.size()), std::move(text)));
      made.back().reference.reset();
      run.judge().decide(made.back());
    }
    return made;
  };
  const auto seven = votes(0, {"8", "7", "7", "7"}), again = votes(1, {"7", "7", "8", "7"});
  std::vector<sample> ledger = seven;
  ledger.insert(ledger.end(), again.begin(), again.end());
  run.settings.filter.unique = unique_config{};
  auto counts = run.fold(ledger);
  CHECK(run.content().output == training_lines(run.settings, {seven[1]}));
  CHECK(counts.rejected[reject_reason::not_kept] == 7);
  run.settings.filter.unique.reset();
  run.settings.filter.per_record = 1;
  counts = run.fold(ledger);
  CHECK(run.content().output == training_lines(run.settings, {seven[1], again[0]}));
  CHECK(counts.rejected[reject_reason::not_kept] == 6);
}

namespace {

// An answer to a prompt that not every format can have: the assistant speaks first.
sample odd(const run_with_views& run, std::uint64_t ordinal) {
  sample one = answered(ordinal, std::to_string(ordinal + 1));
  one.messages.insert(one.messages.begin(), {"assistant", "Ask."});
  return run.judged(one);
}

std::ptrdiff_t lines_in(const std::string& text) {
  return std::count(text.begin(), text.end(), '\n');
}

constexpr auto by_format = reject_reason::format;

}  // namespace

TEST_CASE("what its format cannot have is rejected, though its line says accepted") {
  run_with_views run;
  run.settings.outputs[0].format = "messages";
  const view_counts counts = run.fold({odd(run, 0), run.judged(answered(1, "2"))});
  CHECK(counts.accepted == 1);
  CHECK(counts.rejected[by_format] == 1);
  CHECK(lines_in(run.content().output) == 1);
  CHECK(lines_in(run.content().rejected) == 1);
  CHECK(run.content().rejected.find("\"reason\":\"format\"") != std::string::npos);
}

TEST_CASE("what one output cannot have and another can is accepted, and left out of the one") {
  run_with_views run;
  run.settings.outputs.push_back(run.settings.outputs[0]);
  run.settings.outputs[0].format = "messages";
  run.settings.outputs[1] = {run.directory.path() + "/other.jsonl", "text"};
  const assessor how = run.judge();
  test::plain_views views(run.settings);
  auto fold = views.open(run.settings, how);
  REQUIRE(fold.has_value());
  run.take(*fold, odd(run, 0));
  REQUIRE(fold->finish().has_value());
  CHECK(fold->counts().accepted == 1);
  CHECK(fold->counts().rejected[by_format] == 0);
  CHECK(fold->written(0).rows == 0);
  CHECK(fold->written(0).misfits ==
        misfit_counts{{"the user and the assistant speak in turn, the user first", 1}});
  CHECK(fold->written(1).rows == 1);  // its rejected samples' file has it, with the rule
  CHECK(fold->written(2).rows == 1);
  CHECK(fold->written(2).misfits.empty());
}

TEST_CASE("of what the format cannot have none is the best, and another is kept") {
  keeping_the_best run;
  run.settings.outputs[0].format = "messages";
  sample bad = odd(run, 0);
  const auto longer = nth(run, 0, 1, "It is 1"), wrong = nth(run, 0, 2, "2");
  const view_counts counts = run.fold({bad, longer, wrong});
  CHECK(counts.accepted == 1);
  CHECK(counts.rejected[by_format] == 1);
  CHECK(run.content().output.find("It is 1") != std::string::npos);
}

TEST_CASE("pairs are written with the last of their record, and never before more that comes") {
  run_with_views run;
  run.settings.samples.n = 4;
  run.settings.samples.until_accepted = 1;
  run.settings.samples.parallel = 4;
  run.settings.outputs[0] = {"", "preference"};
  const auto wrong = with_more(nth(run, 0, 0, "7")), right = with_more(nth(run, 0, 1, "1")),
             late = nth(run, 0, 2, "9"), other = nth(run, 1, 0, "7");
  const assessor how = run.judge();
  test::plain_views views(run.settings);
  auto fold = views.open(run.settings, how);
  REQUIRE(fold.has_value());
  for (const auto& [one, rows] : {std::pair(wrong, 0), {other, 0}, {right, 0}, {late, 1}}) {
    run.take(*fold, one);
    CHECK(fold->written(0).rows == rows);
  }
  run.take(*fold, nth(run, 1, 1, "2"));
  run.take(*fold, nth(run, 2, 1, "8"));
  run.take(*fold, nth(run, 2, 2, "3"));
  CHECK(fold->written(0).rows == 3);
  REQUIRE(fold->finish().has_value());
  CHECK(lines_in(content_of(run.path(0))) == 3);
}

TEST_CASE("at the ledger's end pairs are made of what there is, and a longer one says better") {
  run_with_views run;
  run.settings.samples.n = 3;
  run.settings.outputs[0] = {"", "preference"};
  const auto right = nth(run, 0, 0, "1"), wrong = nth(run, 0, 1, "It is 7"),
             last = nth(run, 0, 2, "8");
  run.fold({right, wrong});
  const std::string first = content_of(run.path(0));
  CHECK(first.find("It is 7") != std::string::npos);
  run.fold({right, wrong, last});
  CHECK(lines_in(content_of(run.path(0))) == 1);
}

TEST_CASE("with samples.keep the pairs are of the kept one and those that scored less") {
  keeping_the_best run;
  run.settings.outputs[0].format = "preference";
  run.settings.outputs[0].pairs = 5;
  run.settings.outputs[0].rejected = false;
  run.fold({nth(run, 0, 0, "It is 1"), nth(run, 0, 1, "1"), nth(run, 0, 2, "2")});
  const std::string pairs = content_of(run.path(0));
  CHECK(lines_in(pairs) == 1);  // none against the other right one, which is no worse
  CHECK(
      pairs.find(
          R"("chosen":[{"role":"assistant","content":"1"}],"rejected":[{"role":"assistant","content":"2"}])") !=
      pairs.npos);
}

TEST_CASE("judges agree on settled samples: one that is judged again later counts once") {
  const run_with_views run;
  const assessor how = run.judge();
  test::plain_views views(run.settings);
  auto fold = views.open(run.settings, how);
  REQUIRE(fold.has_value());
  view_change change;
  change.open = true;
  change.judged = {0, 1};
  const std::vector<std::size_t> lengths(fold->texts());
  REQUIRE(fold->take(change, lengths, "").has_value());
  CHECK(fold->counts().judges.samples() == 0);
  change.verdict = verdict::accepted;
  change.open = false;
  change.judged = {0, 1, 1};
  REQUIRE(fold->take(change, lengths, "").has_value());
  CHECK(fold->counts().judges.samples() == 1);
}

TEST_CASE("what earlier steps hand on is generated, and none of the accepted") {
  run_with_views run;
  run.settings.earlier = {run.settings};
  sample first = run.judged(answered(0, "1")), last = first;
  first.step = "a", last.step = "b", last.key.step = 1;
  const view_counts counts = run.fold({first, last});
  CHECK(counts.accepted == 1);
  CHECK(counts.handed_on == 1);
}
