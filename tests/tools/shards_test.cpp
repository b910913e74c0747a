// A run in shards, each a process of its own: what they ask, leave and refuse.
#include <doctest/doctest.h>
#include <fmt/format.h>
#include <re2/re2.h>

#include <filesystem>
#include <set>

#include "tests/support/ledger_samples.hpp"
#include "tests/support/questions.hpp"
#include "tests/support/rehearsal.hpp"

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
