// A run in shards, each a process of its own: what they ask, leave and refuse.
#include <doctest/doctest.h>
#include <fmt/format.h>
#include <re2/re2.h>

#include <signal.h>

#include <algorithm>
#include <filesystem>
#include <functional>
#include <numeric>
#include <set>
#include <sstream>
#include <thread>

#include "engine/directory/run_facts.hpp"
#include "engine/directory/spending_note.hpp"
#include "engine/views/ledger_account.hpp"
#include "tests/support/answering_peer.hpp"
#include "tests/support/eventually.hpp"
#include "tests/support/ledger_lines.hpp"
#include "tests/support/ledger_samples.hpp"
#include "tests/support/questions.hpp"
#include "tests/support/rehearsal.hpp"
#include "tests/support/unreadable.hpp"

using namespace retort;
using namespace retort::test;

namespace {

namespace fs = std::filesystem;
using flags = std::vector<std::string>;

std::string directory_of(std::uint32_t i, std::uint32_t n) {
  return fmt::format("run/shards/{:04}-of-{:04}", i, n);
}

std::string shard(std::uint32_t i, std::uint32_t n) { return fmt::format("{}/{}", i, n); }

outcome run_shard(const rehearsal& of, std::uint32_t i, std::uint32_t n, flags more = {},
                  const start_options& how = {}) {
  more.insert(more.end(), {"--shard", shard(i, n)});
  return of.run(more, how);
}

void check_done(const outcome& left) {
  INFO(left.output << left.errors);
  CHECK(left.status == 0);
}

// The next run is refused with one line, and sends and writes nothing.
void check_refused(const rehearsal& of, const flags& with, const std::string& line,
                   const start_options& how = {}) {
  const std::uint64_t requests = of.seen().requests;
  const outcome left = of.run(with, how);
  INFO(left.errors);
  INFO(line);
  CHECK(left.status == 2);
  CHECK(left.output == "");
  std::string said = left.errors;
  RE2::Replace(&said, "^retort: shard \\d+/\\d+ by .*\\n", "");
  CHECK(RE2::FullMatch(said, "retort: " + line + "\n"));
  CHECK(of.seen().requests == requests);
}

}  // namespace

TEST_CASE("the shards of a run ask each record once, and resume as runs do") {
  const rehearsal run(100);
  std::set<std::uint64_t> seen;
  for (std::uint32_t i = 0; i < 3; ++i) {
    const outcome left = run_shard(run, i, 3);
    check_done(left);
    CHECK(RE2::PartialMatch(left.errors, fmt::format("(?m)^retort: shard {}/3 by --shard, in {}; "
                                                     "limits and budget are divided by 3, ",
                                                     i, directory_of(i, 3))));
    for (const auto& [key, one] :
         finished_samples(run.path(directory_of(i, 3) + "/ledger.jsonl"))) {
      CHECK(key.first / 16 % 3 == i);
      CHECK(one.id == fmt::format("q{}", key.first));
      CHECK(seen.insert(key.first).second);
    }
    const auto files = fs::directory_iterator(run.path(directory_of(i, 3)));
    CHECK(std::distance(begin(files), end(files)) == 4);
  }
  CHECK(seen.size() == 100);
  CHECK(run.seen().requests == 100);
  CHECK(!fs::exists(run.path("run/ledger.jsonl")));
  run.files().file("questions.jsonl", question_rows(0, 120));
  for (std::uint32_t i = 0; i < 3; ++i) check_done(run_shard(run, i, 3));
  CHECK(run.seen().requests == 120);
}

TEST_CASE("a task is the shard that its scheduler says") {
  const rehearsal run(40);
  start_options how;
  how.environment = {{"JOB_COMPLETION_INDEX", "1"}, {"RETORT_SHARDS", "2"}};
  const outcome left = run.run({}, how);
  check_done(left);
  CHECK(left.errors.find("retort: shard 1/2 by JOB_COMPLETION_INDEX=1 RETORT_SHARDS=2, in run/"
                         "shards/0001-of-0002;") != std::string::npos);
  CHECK(finished_samples(run.path(directory_of(1, 2) + "/ledger.jsonl")).size() == 16);
  how.environment.erase("RETORT_SHARDS");
  check_refused(run, {}, "JOB_COMPLETION_INDEX is set, and RETORT_SHARDS does not say .*", how);
  check_refused(run, {"--shard", "2/2"}, "--shard is \"2/2\"; expected i/N .*", how);
}

TEST_CASE("a shard refuses what would be another run, or start over at every start") {
  const rehearsal run(40);
  check_done(run_shard(run, 0, 2));
  check_refused(run, {"--shard", "0/2", "--fresh"}, "--fresh does not go with a shard, .*");
  check_refused(run, {"--shard", "0/2", "--set", "models.0.model=other"},
                "run/shards/0000-of-0002 holds answers to another config: .*");
  check_refused(run, {"--shard", "0/9"}, "models\\[0\\].limits.concurrency is 8, and each of 9 .*");
  run.files().file("questions.jsonl", question_row(7) + question_rows(1, 40));
  check_refused(run, {"--shard", "0/2"}, "the dataset has changed: record 0 .*");
  // Nobody has record 0 here, so nobody is refused.
  check_done(run_shard(run, 1, 2));
}

namespace {

const flags many = {"--set", "models.0.concurrency=24"};

flags with(flags words, const flags& more) {
  words.insert(words.end(), more.begin(), more.end());
  return words;
}

outcome merge(const rehearsal& of, const flags& more = {}) {
  return finish(of.start(with({"merge", "run"}, more)));
}

std::vector<std::uint64_t> ordinals_in(const rehearsal& of) {
  std::vector<std::uint64_t> out;
  for (const auto& one : read_ledger(of.path("run/ledger.jsonl")).samples) {
    out.push_back(one.key.ordinal);
  }
  return out;
}

// What one process makes of the same dataset.
void check_as_one_process(const rehearsal& of, std::size_t questions, const mock::options& provider,
                          const flags& more = {}) {
  const rehearsal calm(questions, provider);
  check_done(calm.run(with(many, more)));
  for (const char* view : {"run/finetuning_data.jsonl", "run/finetuning_data.rejected.jsonl"}) {
    CAPTURE(view);
    CHECK(of.sorted_lines(view) == calm.sorted_lines(view));
  }
  CHECK(finished_samples(of.path("run/ledger.jsonl")).size() ==
        finished_samples(calm.path("run/ledger.jsonl")).size());
}

mock::options often_wrong() {
  mock::options chosen;
  chosen.wrong = 0.3;
  return chosen;
}

std::string json_of(const rehearsal& of, const char* command) {
  return finish(of.start({command, "run", "--json"})).output;
}

}  // namespace

TEST_CASE("twelve shards at once, merged, are what one process makes") {
  const rehearsal run(400, often_wrong());
  std::vector<child_process> tasks;
  for (std::uint32_t i = 0; i < 12; ++i) {
    tasks.push_back(run.start_run(with(many, {"--shard", shard(i, 12)})));
  }
  for (auto& one : tasks) check_done(finish(std::move(one)));
  const outcome left = merge(run);
  check_done(left);
  CHECK(left.output.starts_with("12 shards, 12 ledgers: 400 lines\n400 generated: "));
  std::vector<std::uint64_t> in_order(400);
  std::iota(in_order.begin(), in_order.end(), 0);
  CHECK(ordinals_in(run) == in_order);
  check_as_one_process(run, 400, often_wrong());
  // It is a run like any other now, and merged again it is the same.
  const std::string ledger = run.content("run/ledger.jsonl");
  check_done(merge(run));
  CHECK(run.content("run/ledger.jsonl") == ledger);
  const std::string listed = finish(run.start({"runs", ".", "--json"})).output;
  CHECK(listed.find(R"("run_dir":"./run","state":"done","records":400,)") != std::string::npos);
  CHECK(run.content("run/README.md").find("400") != std::string::npos);
  check_done(run.run(many));
  CHECK(run.seen().requests == 400);
}

TEST_CASE("a merge that was killed when it had taken the ledger's name has merged nothing") {
  const rehearsal run(20);
  for (std::uint32_t i = 0; i < 2; ++i) check_done(run_shard(run, i, 2));
  run.files().file("run/ledger.jsonl", "");
  run.files().file("run/ledger.jsonl.retort-new.1", "a part");
  const outcome left = finish(run.start({"export", "run.yaml"}));
  CHECK(left.status == 2);
  CHECK(left.errors.find("is made of shards that are not merged yet") != std::string::npos);
  check_done(merge(run));
  CHECK(finished_samples(run.path("run/ledger.jsonl")).size() == 20);
}

TEST_CASE("shards that are missing, unfinished or of another config are not merged unless told") {
  const rehearsal run(60);
  const auto refused = [&](const flags& words, const std::string& line) {
    const outcome left = finish(run.start(words));
    INFO(left.errors);
    INFO(line);
    CHECK(left.status == 2);
    CHECK(left.output == "");
    CHECK(RE2::FullMatch(left.errors, "retort: " + line + "\n"));
    CHECK(!fs::exists(run.path("run/ledger.jsonl")));
    CHECK(!fs::exists(run.path("run/finetuning_data.jsonl")));
  };
  refused({"merge"}, "merge needs a RUN; .*");
  refused({"merge", "nothing"},
          "nothing is neither a run nor a config: expected the run's directory, its name below "
          "runs/, or its config's file");
  fs::create_directories(run.path("runs/sweep"));
  refused({"merge", "swep"}, "swep is neither .*; did you mean \"sweep\"\\?");
  refused({"status", "swep"}, "swep is no run: .*; did you mean \"sweep\"\\?");
  refused({"merge", "run.yaml"}, "run has no shards; `retort run CONFIG --shard i/N` makes them");
  check_done(run_shard(run, 0, 3));
  refused({"merge", "run"}, "of 3 shards are missing: 1, 2: run them, or --allow-missing .*");
  check_done(run_shard(run, 2, 3));
  const outcome stopped = run_shard(run, 1, 3, {"--set", "budget.tokens=100"});
  REQUIRE(stopped.status == 75);
  refused({"merge", "run"},
          "of 3 shards are not finished: 1 \\(stopped: the budget is used up.*\\): run them, .*");
  refused({"merge", "run.yaml", "--set", "models.0.model=other"}, "of 3 shards are not finished.*");
  const outcome partly = merge(run, {"--allow-missing"});
  check_done(partly);
  CHECK(finished_samples(run.path("run/ledger.jsonl")).size() < 60);
  fs::remove(run.path("run/ledger.jsonl"));
  for (const char* view : {"run/finetuning_data.jsonl", "run/finetuning_data.rejected.jsonl",
                           "run/outputs.json", "run/manifest.json"}) {
    fs::remove(run.path(view));
  }
  check_done(run_shard(run, 1, 3));
  refused({"merge", "run.yaml", "--set", "models.0.model=other"},
          "run/shards/0000-of-0003 holds answers to another config: models.0.model .*");
  check_done(run_shard(run, 2, 3, {"--set", "filter.min_length=1"}));
  refused({"merge", "run"},
          "run/shards/0000-of-0003 and run/shards/0002-of-0003 were made with "
          "different configs: filter.min_length .*; say which it is: retort merge "
          "CONFIG");
  check_done(finish(run.start({"merge", "run.yaml"})));
  check_as_one_process(run, 60, {});
}

TEST_CASE("shards that cannot be looked at are not asked again, nor left out") {
  const rehearsal run(60);
  for (std::uint32_t i = 0; i < 2; ++i) check_done(run_shard(run, i, 2));
  std::vector<flags> commands = {{"report", "run"},
                                 {"export", "run.yaml"},
                                 {"run", "run.yaml"},
                                 {"run", "run.yaml", "--fresh"},
                                 {"run", "run.yaml", "--shard", "0/3"},
                                 {"merge", "run"},
                                 {"merge", "run", "--allow-missing"},
                                 {"merge", "run.yaml"},
                                 {"status", "run"}};
  const auto check_all_refuse = [&](const std::string& path) {
    make_unreadable(run.path(path));
    for (const flags& words : commands) {
      const outcome left = finish(run.start(words));
      INFO(fmt::format("{}", fmt::join(words, " ")));
      INFO(left.errors);
      CHECK(left.status == 2);
      CHECK(RE2::PartialMatch(left.errors, "(?m)^retort: run/shards.*: Too many levels of "));
    }
    CHECK(run.seen().requests == 60);
    make_readable(run.path(path));
  };
  check_all_refuse("run/shards");
  commands.erase(commands.begin(), commands.begin() + 2);  // they look at no shard
  check_all_refuse(directory_of(1, 2));
  check_done(merge(run));
  CHECK(finished_samples(run.path("run/ledger.jsonl")).size() == 60);
}

TEST_CASE("shards that have read different datasets are not merged") {
  const rehearsal run(60);
  check_done(run_shard(run, 0, 2));
  run.files().file("questions.jsonl", question_rows(0, 90));
  check_done(run_shard(run, 1, 2));
  const outcome left = merge(run);
  CHECK(left.status == 2);
  CHECK(RE2::PartialMatch(left.errors, "retort: the shards have read different datasets: .*"));
  check_done(run_shard(run, 0, 2));
  check_done(merge(run));
  CHECK(ordinals_in(run).size() == 90);
}

TEST_CASE("answers that shards each took for new are found to be duplicates by the merge") {
  const rehearsal run(100);
  // Each answer several times, all over the dataset.
  std::string rows;
  for (std::size_t n = 0; n < 100; ++n) rows += question_row(n % 20);
  run.files().file("questions.jsonl", rows);
  const flags unique = {"--set", "filter.unique.by=completion", "--set", "dataset.id="};
  for (std::uint32_t i = 0; i < 3; ++i) check_done(run_shard(run, i, 3, unique));
  const outcome left = merge(run);
  check_done(left);
  CHECK(left.output.find("100 generated: 20 accepted, 80 rejected") != std::string::npos);
  CHECK(run.sorted_lines("run/finetuning_data.jsonl").size() == 20);
  // Those of the first records, as in one process that is asked one by one.
  const rehearsal calm(100);
  calm.files().file("questions.jsonl", rows);
  check_done(calm.run(with(unique, {"--set", "models.0.concurrency=1"})));
  CHECK(run.content("run/finetuning_data.jsonl") == calm.content("run/finetuning_data.jsonl"));
  // An export later comes to the same.
  check_done(finish(run.start(with({"export", "run.yaml"}, unique))));
  CHECK(run.content("run/finetuning_data.jsonl") == calm.content("run/finetuning_data.jsonl"));
}

namespace {

// The summary's word for how the run stands.
std::string state_of(const rehearsal& of) {
  std::string state;
  RE2::PartialMatch(of.content("run/summary.json"), R"re("state":"([^"]*)")re", &state);
  return state;
}

const flags until_one_is_new = {"--set", "samples.n=3",
                                "--set", "samples.until_accepted=1",
                                "--set", "filter.unique.by=completion",
                                "--set", "evaluate=[refusal]",
                                "--set", "sampling.seed=5"};

}  // namespace

TEST_CASE(
    "a merge says what records want instead of another shard's duplicates, and a run asks it") {
  mock::options provider;
  provider.wrong = 0.5;
  const rehearsal run(100, provider);
  std::string rows;
  for (std::size_t n = 0; n < 100; ++n) {
    rows += fmt::format("{{\"id\": \"{}\", \"question\": \"{}\", \"answer\": \"1\"}}\n", n,
                        question(n % 40));
  }
  run.files().file("questions.jsonl", rows);
  for (std::uint32_t i = 0; i < 3; ++i) check_done(run_shard(run, i, 3, until_one_is_new));
  const outcome left = merge(run);
  INFO(left.output << left.errors);
  CHECK(left.status == 1);
  std::size_t wanting = 0;
  CHECK(RE2::PartialMatch(left.output,
                          "\n(\\d+) records want more, by the verdicts of all shards together: "
                          "`retort run CONFIG` asks for it .*\n$",
                          &wanting));
  CHECK(wanting > 0);
  CHECK(state_of(run) == "stopped");
  const auto before = run.sorted_lines("run/finetuning_data.jsonl");
  const std::uint64_t asked = run.seen().requests;
  check_done(run.run(until_one_is_new));
  CHECK(run.seen().requests >= asked + wanting);
  const auto whole = run.sorted_lines("run/finetuning_data.jsonl");
  CHECK(std::ranges::includes(whole, before));
  CHECK(whole.size() > before.size());
  // All that they want is there, and a merge says no more than that.
  const outcome again = merge(run);
  check_done(again);
  CHECK(again.output.find("want more") == std::string::npos);
  CHECK(state_of(run) == "done");
  CHECK(run.sorted_lines("run/finetuning_data.jsonl") == whole);
}

TEST_CASE("a merge says what two processes of one shard have written over each other") {
  const rehearsal run(100);
  for (std::uint32_t i = 0; i < 2; ++i) check_done(run_shard(run, i, 2));
  const std::string ledger = run.path(directory_of(0, 2) + "/ledger.jsonl");
  std::vector<std::string> lines;
  std::istringstream in(content_of(ledger));
  for (std::string line; std::getline(in, line);) lines.push_back(line + '\n');
  const auto length = [](const std::string& line) { return line.size(); };
  std::ranges::sort(lines.begin() + 1, lines.end(), {}, length);
  const auto first = std::ranges::adjacent_find(lines.begin() + 1, lines.end(), {}, length);
  REQUIRE(first != lines.end());
  *(first + 1) = *first;  // at its own end, over the other's line of the same length
  run.files().file(directory_of(0, 2) + "/ledger.jsonl",
                   std::accumulate(lines.begin(), lines.end(), std::string()));
  const outcome left = merge(run);
  INFO(left.output << left.errors);
  CHECK(left.status == 1);
  CHECK(left.output.find("\n1 samples that the shards have told of are in none of their ledgers") !=
        std::string::npos);
  CHECK(state_of(run) == "stopped");
  const std::uint64_t asked = run.seen().requests;
  check_done(run.run({}));
  CHECK(run.seen().requests == asked + 1);
  check_done(merge(run));
  CHECK(state_of(run) == "done");
}

TEST_CASE("a merge of what failed, of rows that are none and of plans at their end is done") {
  mock::options provider;
  provider.error_500 = 0.3;
  provider.wrong = 0.5;
  const rehearsal run(60, provider);
  run.files().file("questions.jsonl", "{\"id\": \"none\"}\n" + question_rows(0, 60));
  const flags tolerant = {"--set", "samples.n=2",
                          "--set", "samples.until_accepted=1",
                          "--set", "filter.unique.by=completion",
                          "--set", "dataset.on_error=skip",
                          "--set", "retry.attempts=1",
                          "--set", "max_failed=1000"};
  for (std::uint32_t i = 0; i < 2; ++i) check_done(run_shard(run, i, 2, tolerant));
  const outcome left = merge(run);
  check_done(left);
  CHECK(RE2::PartialMatch(left.output, "[1-9]\\d* failed"));
  CHECK(left.output.find("want more") == std::string::npos);
  CHECK(state_of(run) == "done");
}

TEST_CASE(
    "records that were asked more at once than they needed stand in their order when merged") {
  mock::options uneven;
  uneven.wrong = 0.5;
  uneven.latency_ms = 5;
  uneven.latency_sigma = 1;
  const rehearsal run(100, uneven);
  const flags several = {"--set", "samples.n=4",         "--set", "samples.until_accepted=2",
                         "--set", "samples.parallel=3",  "--set", "sampling.seed=5",
                         "--set", "output.format=reward"};
  for (std::uint32_t i = 0; i < 3; ++i) check_done(run_shard(run, i, 3, several));
  check_done(merge(run));
  CHECK(run.content("run/ledger.jsonl").find(R"("more":true)") != std::string::npos);
  const std::string made = run.content("run/finetuning_data.jsonl");
  std::vector<int> in_order(100), there;
  std::iota(in_order.begin(), in_order.end(), 0);
  re2::StringPiece left(made);
  for (int n = 0; RE2::FindAndConsume(&left, "What is (\\d+) \\+ 3", &n);) there.push_back(n);
  CHECK(there == in_order);
  // Merged again, exported, and gone on with by one process they are the same.
  const std::string ledger = run.content("run/ledger.jsonl");
  check_done(merge(run));
  CHECK(run.content("run/ledger.jsonl") == ledger);
  CHECK(run.content("run/finetuning_data.jsonl") == made);
  check_done(finish(run.start(with({"export", "run.yaml"}, several))));
  CHECK(run.content("run/finetuning_data.jsonl") == made);
  check_done(run.run(several));
  CHECK(run.content("run/finetuning_data.jsonl") == made);
}

TEST_CASE(
    "from four shards to nine and back, with kills, nothing is asked twice and nothing lacks") {
  mock::options slow = often_wrong();
  slow.latency_ms = 40;
  const rehearsal run(400, slow);
  const auto kill_some = [&](std::uint32_t count, std::uint64_t after) {
    std::vector<child_process> tasks;
    const std::uint64_t before = run.seen().requests;
    for (std::uint32_t i = 0; i < count; ++i) {
      tasks.push_back(run.start_run(with(many, {"--shard", shard(i, count)})));
    }
    // Or they are done before that, where this process waited long for its turn.
    REQUIRE(eventually([&] {
      return run.seen().requests >= before + after ||
             std::ranges::none_of(tasks, &child_process::is_running);
    }));
    for (auto& one : tasks) {
      one.signal(SIGKILL);
      (void)one.wait();
    }
    REQUIRE(eventually([&] { return run.seen().open_connections == 0; }));
  };
  // What has its answer in any of the ledgers, and how often each question was answered.
  const auto settled = [&] {
    std::set<std::uint64_t> out;
    for (const auto& one : fs::directory_iterator(run.path("run/shards"))) {
      for (const auto& [key, each] : finished_samples(one.path().string() + "/ledger.jsonl")) {
        out.insert(key.first);
      }
    }
    return out;
  };
  const auto answers = [&] {
    std::vector<std::uint32_t> out;
    for (std::size_t n = 0; n < 400; ++n) out.push_back(run.provider().answers_to(question(n)));
    return out;
  };
  const auto check_asks_nothing_again = [&](const std::function<void()>& act) {
    const auto done = settled();
    const auto before = answers();
    act();
    const auto now = answers();
    for (const std::uint64_t one : done) CHECK(now[one] == before[one]);
    CHECK(done.size() > 20);
  };
  const auto finish_all = [&](std::uint32_t count) {
    std::vector<child_process> tasks;
    for (std::uint32_t i = 0; i < count; ++i) {
      tasks.push_back(run.start_run(with(many, {"--shard", shard(i, count)})));
    }
    for (auto& one : tasks) check_done(finish(std::move(one)));
  };
  kill_some(4, 100);
  check_asks_nothing_again([&] { kill_some(9, 60); });
  check_asks_nothing_again([&] { kill_some(4, 60); });
  check_asks_nothing_again([&] { finish_all(9); });
  const outcome left = merge(run);
  check_done(left);
  CHECK(left.output.starts_with("9 shards, 13 ledgers: 400 lines and "));
  check_as_one_process(run, 400, slow);
  // What was committed was not asked for again: what was on its way at a kill may be.
  CHECK(run.seen().answered == 400 + run.seen().repeats);
  // And one process goes on from there.
  check_done(run.run(many));
  CHECK(run.seen().answered == 400 + run.seen().repeats);
}

TEST_CASE("a number of shards does not begin while another is at work") {
  mock::options slow;
  slow.latency_ms = 2000;
  const rehearsal run(60, slow);
  auto at_work = run.start_run({"--shard", "0/2"});
  REQUIRE(eventually([&] { return run.seen().requests > 0; }));
  for (const flags& other : {flags{"--shard", "0/3"}, flags{}}) {
    const outcome left = run.run(other);
    CHECK(left.status == 75);
    CHECK(left.errors.find("run/shards/0000-of-0002 is being written, by a task of another number "
                           "of shards") != std::string::npos);
  }
  CHECK(run.seen().requests <= 4);  // of the one at work
  at_work.signal(SIGKILL);
  (void)at_work.wait();
}

TEST_CASE("a budget is not passed when the number of shards changes") {
  const rehearsal run(400);
  const flags capped =
      with(many, {"--set", "budget.tokens=6000", "--set", "sampling.max_tokens=16"});
  const auto all = [&](std::uint32_t count) {
    for (std::uint32_t i = 0; i < count; ++i) {
      const outcome left = run_shard(run, i, count, capped);
      INFO(left.errors);
      CHECK((left.status == 75 || left.status == 0));
    }
  };
  all(4);
  all(9);
  all(4);
  check_done(merge(run, {"--allow-missing"}));
  std::int64_t tokens = 0;
  for (const auto& one : read_ledger(run.path("run/ledger.jsonl")).samples) {
    tokens += one.completion.usage.input + one.completion.usage.output;
  }
  CHECK(tokens <= 6000);
  CHECK(tokens > 3000);
}

TEST_CASE("a budget that was below what was spent has no more of it left once it is raised") {
  const rehearsal run(40);
  const auto capped = [](std::int64_t tokens, const char* n) -> flags {
    return {"--set", fmt::format("budget.tokens={}", tokens), "--set", "sampling.max_tokens=16",
            "--set", fmt::format("samples.n={}", n)};
  };
  const auto spent = [&run] {
    std::int64_t tokens = 0;
    for (const auto& one : read_ledger(run.path("run/ledger.jsonl")).samples) {
      tokens += one.completion.usage.input + one.completion.usage.output;
    }
    return tokens;
  };
  for (std::uint32_t i = 0; i < 2; ++i) check_done(run_shard(run, i, 2, capped(100'000, "1")));
  check_done(merge(run));
  const std::int64_t before = spent();
  check_done(run.run(capped(before / 4, "1")));
  CHECK(run.run(capped(before * 2, "3")).status == 75);
  CHECK(spent() <= before * 2);
  CHECK(spent() > before);
}

TEST_CASE("what a judge was paid is in the bill of a merged run once, also where it is gone") {
  mock::options plain;
  plain.plain = true;
  const auto judge = std::move(mock::server::start(plain)).value();
  const flags priced = {"--set", "models.0.price={input: 1, output: 2}"};
  const auto judged = [&](const char* by) {
    return with(
        priced,
        {"--set", fmt::format("evaluate=[{{json_field: {{path: answer}}}}, {{judge: {{model: "
                              "{{provider: openai, model: j, base_url: \"{}\", price: {{input: 3, "
                              "output: 4}}}}, prompt: \"What is 1 + 0? {} {{{{completion}}}}\", "
                              "scale: [0, 1]}}, decides: true}}]",
                              judge->base_url(), by)});
  };
  const auto shards = [&](const rehearsal& run, const flags& how) {
    for (std::uint32_t i = 0; i < 2; ++i) check_done(run_shard(run, i, 2, how));
    check_done(merge(run));
  };
  const auto check_bill = [](const rehearsal& run) {
    std::int64_t millionths = 0;  // as the lines have it
    for (const auto& one : read_ledger(run.path("run/ledger.jsonl")).samples) {
      const auto& used = one.completion.usage;
      if (!one.is_earlier) millionths += used.input + 2 * used.output;
      for (const auto& said : one.evaluations) {
        if (said.usage && !said.is_earlier) {
          millionths += 3 * said.usage->input + 4 * said.usage->output;
        }
      }
    }
    const auto facts = engine::read_facts({run.path("run")}).value();
    REQUIRE(facts->usd().has_value());
    CHECK(*facts->usd() == doctest::Approx(static_cast<double>(millionths) / 1e6));
  };
  const rehearsal other(12), gone(12);
  shards(other, judged("Rate"));
  check_bill(other);
  check_done(other.run(judged("Grade")));
  check_bill(other);
  check_done(gone.run(judged("Rate")));
  shards(gone, priced);
  check_bill(gone);
  check_done(gone.run(priced));
  check_bill(gone);
}

TEST_CASE("what servers tell no usage of counts once in a budget, also behind a merge") {
  io::asio::io_context loop;
  const answering_peer silent(loop.get_executor(), [](const http_request&) {
    return http_answer(200, R"({"choices":[{"message":{"content":"8"},"finish_reason":"stop"}]})");
  });
  const std::jthread serving([&loop](const std::stop_token& over) {
    const std::stop_callback stop(over, [&loop] { loop.stop(); });
    loop.run();
  });
  const rehearsal run(12);
  const flags capped = {"--set", "models.0.base_url=" + silent.base_url(),
                        "--set", "models.0.ca_file=~",
                        "--set", "models.0.model=gpt-5.6-luna",
                        "--set", "budget.tokens=100000",
                        "--set", "sampling.max_tokens=16"};
  const auto spent = [&run] {
    const auto note = engine::read_spending({run.path("run")}).value();
    REQUIRE(note.spent.has_value());
    return note.spent->tokens;
  };
  (void)run.run(with(capped, {"--limit", "6"}));
  const std::int64_t by_one = spent();
  CHECK(by_one > 0);
  for (std::uint32_t i = 0; i < 2; ++i) (void)run_shard(run, i, 2, capped);
  check_done(merge(run));
  (void)run.run(capped);
  std::int64_t of_shards = 0;  // as the lines that came by the merge have it
  for (const auto& one : read_ledger(run.path("run/ledger.jsonl")).samples) {
    const auto used = engine::most_used(one);
    if (one.key.ordinal >= 6) of_shards += used.input + used.output;
  }
  CHECK(of_shards > 0);
  CHECK(spent() == by_one + of_shards);
}

TEST_CASE("the state of all shards is seen, also of those that were killed or are missing") {
  mock::options slow;
  slow.latency_ms = 2000;
  rehearsal run(60, slow);
  CHECK(finish(run.start({"status", "run"})).status == 2);
  auto killed = run.start_run({"--shard", "1/3"});
  REQUIRE(eventually([&] { return run.seen().requests > 0; }));
  killed.signal(SIGKILL);
  (void)killed.wait();
  run.replace_provider({});
  check_done(run_shard(run, 0, 3));
  check_done(run_shard(run, 0, 3));
  const std::string said = json_of(run, "status");
  INFO(said);
  CHECK(said.find(R"("states":{"done":1,"killed":1,"waiting":1})") != std::string::npos);
  CHECK(RE2::PartialMatch(said,
                          R"re("shard":0,"state":"done","done":28,"total":28,"accepted":28,)re"));
  CHECK(RE2::PartialMatch(said, R"re("restarts":1,"last_ms":\d+},\{"shard":1,"state":"killed")re"));
  const outcome shown = finish(run.start({"status", "run"}));
  CHECK(shown.status == 0);
  CHECK(shown.output.starts_with("run: 3 shards: 1 done, 1 killed, 1 waiting\n"));
}
