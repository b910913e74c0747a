// A full disk stops a run cleanly: what was paid for is kept, and with more room it goes on.
#include <doctest/doctest.h>
#include <re2/re2.h>

#include <filesystem>

#include "tests/support/ledger_samples.hpp"
#include "tests/support/rehearsal.hpp"
#include "tests/support/small_disk.hpp"

using namespace retort;
using namespace retort::test;

namespace {

constexpr std::size_t records = 3000;
constexpr std::size_t too_small = std::size_t{768} << 10;  // of which the ledger reserves 256 KB
constexpr std::size_t large = std::size_t{64} << 20;

// The directory `small` of the rehearsal becomes a disk of its own.
std::unique_ptr<small_disk> mount_in(const rehearsal& run, std::size_t bytes) {
  std::filesystem::create_directory(run.path("small"));
  auto disk = small_disk::mount(run.path("small"), bytes);
  if (!disk) MESSAGE("skipped: no permission to mount a file system (not root?)");
  return disk;
}

mock::options provider() {
  mock::options chosen;
  chosen.wrong = 0.2;
  chosen.latency_ms = 1;
  return chosen;
}

bool says(const std::string& text, const std::string& pattern) {
  return RE2::PartialMatch(text, "(?m)" + pattern);
}

void check_complete(const rehearsal& of, const outcome& left, const std::string& ledger,
                    const std::string& views) {
  const std::size_t wrong = count_wrong(records, provider());
  INFO(left.output << left.errors);
  CHECK(left.status == 0);
  CHECK(finished_samples(of.path(ledger)).size() == records);
  CHECK(of.sorted_lines(views + ".jsonl").size() == records - wrong);
  CHECK(of.sorted_lines(views + ".rejected.jsonl").size() == wrong);
  CHECK(of.seen().requests == records);  // nothing was asked a second time
}

}  // namespace

TEST_CASE("when the ledger's disk is full, everything that was answered is in it") {
  const rehearsal run(records, provider());
  const auto disk = mount_in(run, too_small);
  if (!disk) return;
  // The views are elsewhere, or they might be what notices first.
  const std::vector<std::string> flags = {"--set", "run_dir=small/run", "--output", "data.jsonl"};
  const std::string ledger = "small/run/ledger.jsonl";

  const outcome full = run.run(flags);
  INFO(full.output << full.errors);
  CHECK(full.status == 75);
  CHECK(says(full.errors,
             "^stopping: small/run/ledger.jsonl: cannot reserve disk space: "
             "No space left on device$"));
  mock::counters seen = run.seen();
  CHECK(seen.requests == seen.answered);
  CHECK(seen.answered < records);
  CHECK(finished_samples(run.path(ledger)).size() == seen.answered);

  std::string before = run.content(ledger);
  outcome still_full = run.run(flags);
  // On a busy machine a tmpfs may refuse while it takes back what it refused before, and have room
  // for some more a moment later.
  for (int more = 0; more < 4 && run.seen().requests > seen.requests; ++more) {
    seen = run.seen();
    before = run.content(ledger);
    still_full = run.run(flags);
  }
  INFO(still_full.output << still_full.errors);
  CHECK(still_full.status == 75);  // it passes, once there is room
  CHECK(says(still_full.errors,
             "^retort: small/run/ledger.jsonl: cannot reserve disk space: "
             "No space left on device$"));
  CHECK(run.seen().requests == seen.requests);
  CHECK(run.content(ledger) == before);

  disk->resize(large);
  check_complete(run, run.run(flags), ledger, "data");
}

TEST_CASE("when the views' disk is full, the run stops at once and keeps what was answered") {
  const rehearsal run(records, provider());
  const auto disk = mount_in(run, std::size_t{64} << 10);
  if (!disk) return;
  const std::vector<std::string> flags = {"--output", "small/data.jsonl"};

  const outcome full = run.run(flags);
  INFO(full.output << full.errors);
  CHECK(full.status == 75);
  CHECK(says(full.output,
             "^stopped early: small/data(.rejected)?.jsonl: cannot write: "
             "No space left on device$"));
  const mock::counters seen = run.seen();
  CHECK(seen.requests == seen.answered);
  CHECK(seen.answered < records);
  CHECK(finished_samples(run.path("run/ledger.jsonl")).size() == seen.answered);

  disk->resize(large);
  check_complete(run, run.run(flags), "run/ledger.jsonl", "small/data");
}

TEST_CASE("what was spent is known exactly behind a full disk, and counts once") {
  const rehearsal run(records, provider());
  const auto disk = mount_in(run, too_small);
  if (!disk) return;
  const std::vector<std::string> flags = {"--set",    "run_dir=small/run",
                                          "--output", "small/data.jsonl",
                                          "--set",    "models.0.price={input: 1, output: 1}",
                                          "--set",    "sampling.max_tokens=20",
                                          "--set",    "budget.usd=1000000"};
  const outcome full = run.run(flags);
  INFO(full.output << full.errors);
  CHECK(full.status == 75);
  const std::string note = run.content("small/run/spending.json");
  CAPTURE(note);
  CHECK(note.find(R"("under_way":{"tokens":0,"usd_nanos":0})") != note.npos);
  CHECK(run.content("small/run/summary.json").find(R"("state":"stopped")") != std::string::npos);

  disk->resize(large);
  const outcome left = run.run(flags);
  CHECK(left.errors.find("count as spent") == std::string::npos);
  check_complete(run, left, "small/run/ledger.jsonl", "small/data");
}

namespace {

// Every reading of its first bytes is an I/O error, as of a disk that fails: the memory of whoever
// opens it, where nothing is mapped at 0.
constexpr const char* broken = "/proc/self/mem";

}  // namespace

TEST_CASE("a device that fails at the start is no mistake of the person's: 75, with nothing sent") {
  struct {
    const char* what;
    std::vector<std::string> flags;
    const char* link;  // what stands on the device; "" where a flag says it
  } const table[] = {
      {"the dataset",
       {"--set", "dataset.path=/proc/self/mem", "--set", "dataset.format=jsonl"},
       ""},
      {"the key", {"--set", "models.0.api_key_file=/proc/self/mem"}, ""},
      {"the config", {}, "run.yaml"},
      {"the manifest", {}, "run/manifest.json"},
      {"the list of outputs", {}, "run/outputs.json"},
      {"the ledger", {}, "run/ledger.jsonl"},
  };
  for (const auto& [what, flags, link] : table) {
    CAPTURE(what);
    const rehearsal run(3);
    REQUIRE(run.run().status == 0);
    const auto before = run.seen().requests;
    if (*link) {
      std::filesystem::remove(run.path(link));
      std::filesystem::create_symlink(broken, run.path(link));
    }
    const outcome left = run.run(flags);
    INFO(left.output << left.errors);
    CHECK(left.status == 75);
    CHECK(says(left.errors, "^retort: .*: Input/output error$"));
    CHECK(run.seen().requests == before);
  }
}

TEST_CASE(
    "a merge whose outputs have no room has the ledger's, and makes them when there is some") {
  mock::options wordy;
  wordy.output_tokens = 400;
  const rehearsal run(3000, wordy);
  const auto disk = mount_in(run, large);
  if (!disk) return;
  const std::vector<std::string> where = {"--set", "run_dir=small/run"};
  for (const char* shard : {"0/2", "1/2"}) {
    std::vector<std::string> flags = where;
    flags.insert(flags.end(), {"--shard", shard});
    REQUIRE(run.run(flags).status == 0);
  }
  std::size_t lines = 0;
  for (const auto& file : std::filesystem::recursive_directory_iterator(run.path("small"))) {
    if (file.path().filename() == "ledger.jsonl") lines += file.file_size();
  }
  const auto space = std::filesystem::space(run.path("small"));
  const std::size_t used = space.capacity - space.free;
  disk->resize(used + lines + lines / 8);
  std::vector<std::string> words = {"merge", "run.yaml"};
  words.insert(words.end(), where.begin(), where.end());
  const outcome full = finish(run.start(words));
  INFO(full.errors);
  CHECK(full.status == 75);
  CHECK(says(full.errors, "small/run/.*: cannot write: No space left on device"));
  CHECK(finished_samples(run.path("small/run/ledger.jsonl")).size() == 3000);
  CHECK_FALSE(std::filesystem::exists(run.path("small/run/finetuning_data.jsonl")));
  disk->resize(2 * large);
  CHECK(finish(run.start(words)).status == 0);
  CHECK(run.sorted_lines("small/run/finetuning_data.jsonl").size() +
            run.sorted_lines("small/run/finetuning_data.rejected.jsonl").size() ==
        3000);
}
