// Filters that go by what was accepted before: however a run is killed and taken up, its verdicts
// are those of a fold over its ledger, and another filter judges the whole ledger as if it had been
// so from the start.
#include <doctest/doctest.h>
#include <fmt/format.h>
#include <signal.h>

#include <filesystem>
#include <map>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "tests/support/eventually.hpp"
#include "tests/support/ledger_samples.hpp"
#include "tests/support/rehearsal.hpp"
#include "tests/support/small_disk.hpp"

using namespace retort;
using namespace retort::test;

namespace {

using flags = std::vector<std::string>;
constexpr char ledger[] = "run/ledger.jsonl";
constexpr std::size_t records = 300;

// The answer to question n is n + 3; noisy ones are few, so that different records say the same.
mock::options noisy() {
  mock::options chosen;
  chosen.wrong = 0.5;
  chosen.latency_ms = 4;
  return chosen;
}

const flags both = {"--set", "samples.n=3",
                    "--set", "sampling.seed=5",
                    "--set", "filter={only_correct: false, unique: {}, per_record: 1}"};

// What the ledger's lines come to, read in their order by a second hand.
struct truth {
  std::map<std::string, std::size_t> reasons;
  std::size_t accepted = 0;
};

truth check_ledger(const rehearsal& of, const char* where = ledger) {
  truth out;
  std::set<std::string> texts;
  std::set<std::uint64_t> taken;
  std::set<std::pair<std::uint64_t, std::uint32_t>> keys;
  for (const engine::sample& one : read_ledger(of.path(where)).samples) {
    CAPTURE(one.key.ordinal);
    CHECK(keys.insert({one.key.ordinal, one.key.k}).second);  // each sample once
    std::string expected;
    if (texts.contains(one.completion.text)) expected = "duplicate";
    if (expected.empty() && taken.contains(one.key.ordinal)) expected = "per_record";
    CHECK((one.rejected ? name(*one.rejected) : "") == expected);
    if (!expected.empty()) {
      ++out.reasons[expected];
      continue;
    }
    texts.insert(one.completion.text);
    taken.insert(one.key.ordinal);
    ++out.accepted;
  }
  CHECK(keys.size() == 3 * records);
  return out;
}

}  // namespace

TEST_CASE("killed twenty times, a run with unique and per_record is the fold over its ledger") {
  const rehearsal all(records, noisy());
  std::mt19937 random(11);
  for (int kill = 0; kill < 20; ++kill) {
    const std::uint64_t before = all.seen().requests;
    child_process one = all.start_run(both);
    REQUIRE(eventually(
        [&] { return all.seen().requests >= before + 1 + random() % 30 || !one.is_running(); }));
    one.signal(SIGKILL);
    one.wait();
  }
  const outcome last = all.run(both);
  INFO(last.output << last.errors);
  CHECK(last.status == 0);
  const truth seen = check_ledger(all);
  CHECK(seen.accepted > records / 2);
  CHECK(seen.reasons.at("duplicate") > 0);
  CHECK(seen.reasons.at("per_record") > 0);
  CHECK(all.sorted_lines("run/finetuning_data.jsonl").size() == seen.accepted);
  CHECK(last.output.find(fmt::format("duplicate {}", seen.reasons.at("duplicate"))) !=
        std::string::npos);

  const std::string once = all.content("run/finetuning_data.jsonl");
  CHECK(all.run({"--set", "samples.n=3", "--set", "sampling.seed=5"}).status == 0);
  CHECK(all.content("run/finetuning_data.jsonl") != once);
  CHECK(all.run(both).status == 0);  // and back again, folded from what stands there
  CHECK(all.content("run/finetuning_data.jsonl") == once);
}

TEST_CASE("a disk that is full in the middle loses no memory of what was accepted") {
  const rehearsal all(records, noisy());
  std::filesystem::create_directory(all.path("small"));
  const auto disk = small_disk::mount(all.path("small"), std::size_t{448} << 10);
  if (!disk) {
    MESSAGE("skipped: no permission to mount a file system (not root?)");
    return;
  }
  flags there = both;
  there.insert(there.end(), {"--set", "run_dir=small/run", "--output", "data.jsonl"});
  const outcome full = all.run(there);
  INFO(full.output << full.errors);
  CHECK(full.status == 75);
  const auto asked = all.seen().requests;
  CHECK(asked < 3 * records);
  disk->resize(std::size_t{64} << 20);
  const outcome last = all.run(there);
  CHECK(last.status == 0);
  CHECK(all.seen().requests == 3 * records);  // nothing that was answered is asked for again
  const truth seen = check_ledger(all, "small/run/ledger.jsonl");
  CHECK(seen.reasons.at("duplicate") > 0);
  CHECK(seen.reasons.at("per_record") > 0);
  CHECK(all.sorted_lines("data.jsonl").size() == seen.accepted);
}

TEST_CASE("what was in a torn tail was never accepted: another may be in its place") {
  const rehearsal all(records, noisy());
  REQUIRE(all.run(both).status == 0);
  std::mt19937 random(7);
  for (int tear = 0; tear < 10; ++tear) {
    CAPTURE(tear);
    const std::uintmax_t whole = std::filesystem::file_size(all.path(ledger));
    std::filesystem::resize_file(all.path(ledger), whole - 1 - random() % 6000);
    const outcome again = all.run(both);
    INFO(again.output << again.errors);
    REQUIRE(again.status == 0);
    const truth seen = check_ledger(all);
    CHECK(all.sorted_lines("run/finetuning_data.jsonl").size() == seen.accepted);
  }
}

TEST_CASE("what was judged without such filters is judged by them afterwards, and gone on with") {
  const rehearsal all(records, noisy());
  const flags plain = {"--set",           "samples.n=3", "--set",
                       "sampling.seed=5", "--set",       "filter.only_correct=false"};
  flags first = plain;
  first.insert(first.end(), {"--limit", "150"});
  REQUIRE(all.run(first).status == 0);
  const std::uint64_t asked = all.seen().requests;
  const outcome judged = all.run(both);
  CHECK(judged.status == 0);
  CHECK(all.seen().requests == 3 * records);
  CHECK(asked == 450);
  // The whole ledger by the second hand: its first half says otherwise, so by the views.
  std::set<std::string> texts;
  std::set<std::uint64_t> taken;
  std::string expected;
  for (const engine::sample& one : read_ledger(all.path(ledger)).samples) {
    const bool is_kept = !texts.contains(one.completion.text) && !taken.contains(one.key.ordinal);
    if (one.key.ordinal >= 150) CHECK(is_kept == !one.rejected.has_value());
    if (!is_kept) continue;
    texts.insert(one.completion.text);
    taken.insert(one.key.ordinal);
    expected += one.id + '\n';
  }
  std::string found;
  const std::string view = all.content("run/finetuning_data.jsonl");
  constexpr std::string_view before_id = "\"sample_id\":\"";
  for (auto at = view.find(before_id); at != std::string::npos; at = view.find(before_id, at + 1)) {
    const auto begin = at + before_id.size();
    found += view.substr(begin, view.find('"', begin) - begin) + '\n';
  }
  CHECK(found == expected);
}

TEST_CASE("a benchmark's rows are found in prompts, and a missing one before anything is sent") {
  const rehearsal all(20);
  all.files().file("test.jsonl", "{\"q\": \"what is 7 + 3\"}\n{\"q\": \"What is 12 + 3?\"}\n");
  const flags clean = {"--set", "filter.decontaminate={against: test.jsonl, fields: q}"};
  const outcome done = all.run(clean);
  INFO(done.output << done.errors);
  CHECK(done.output.find("contaminated 2") != std::string::npos);
  CHECK(all.content("run/finetuning_data.rejected.jsonl")
            .find("\"detail\":\"prompt: all of test.jsonl:1 (q)\"") != std::string::npos);
  const flags none = {"check", "run.yaml", "--set",
                      "filter.decontaminate={against: none.jsonl, fields: q}"};
  const outcome missing = finish(all.start(none));
  CHECK(missing.status == 2);
  CHECK(missing.errors.find("filter.decontaminate.against: none.jsonl") != std::string::npos);
}
