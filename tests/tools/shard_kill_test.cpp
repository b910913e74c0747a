// Shards that take over what others made, and their merge: killed at any moment, and on a full
// disk. Nothing that was paid for is asked for again, and no file is anything but old or new.
#include <doctest/doctest.h>
#include <fmt/format.h>
#include <re2/re2.h>
#include <signal.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <random>
#include <set>
#include <thread>
#include <utility>

#include "engine/sample/line_reader.hpp"
#include "io/ledger/ledger_log.hpp"
#include "tests/support/eventually.hpp"
#include "tests/support/ledger_samples.hpp"
#include "tests/support/questions.hpp"
#include "tests/support/rehearsal.hpp"
#include "tests/support/small_disk.hpp"
#include "tests/support/wanted_kills.hpp"

using namespace retort;
using namespace retort::test;

namespace {

namespace fs = std::filesystem;
using words = std::vector<std::string>;
using microseconds = std::chrono::microseconds;

// Its answers are long, so that there is something to copy.
mock::options provider() {
  mock::options chosen;
  chosen.wrong = 0.2;
  chosen.latency_ms = 1;
  chosen.output_tokens = 400;
  return chosen;
}

words shard(std::uint32_t i, std::uint32_t n, const std::string& run_dir = "run") {
  return {"--set",   "models.0.concurrency=24", "--set", "run_dir=" + run_dir,
          "--shard", fmt::format("{}/{}", i, n)};
}

void check_done(const outcome& left) {
  INFO(left.output << left.errors);
  CHECK(left.status == 0);
}

void finish_all(const rehearsal& of, std::uint32_t count, const std::string& run_dir = "run") {
  std::vector<child_process> tasks;
  for (std::uint32_t i = 0; i < count; ++i) tasks.push_back(of.start_run(shard(i, count, run_dir)));
  for (auto& one : tasks) check_done(finish(std::move(one)));
}

outcome merge(const rehearsal& of, const std::string& run_dir = "run") {
  return finish(of.start({"merge", run_dir}));
}

class random_moments {
 public:
  random_moments() : seed_(std::random_device()()), random_(seed_) {
    MESSAGE(fmt::format("seed {}", seed_));
  }

  std::uint32_t below(std::uint32_t bound) { return static_cast<std::uint32_t>(random_()) % bound; }

  // Kills it at any moment of a whole life of so long, or finds that it is done.
  void kill(child_process life, microseconds whole) {
    std::this_thread::sleep_for(
        microseconds(random_() % static_cast<std::uint64_t>(whole.count())));
    life.signal(SIGKILL);
    const int status = life.wait();
    INFO(life.errors());
    CHECK((status == 128 + SIGKILL || status == 0));
  }

 private:
  std::uint64_t seed_;
  std::mt19937_64 random_;
};

template <class Act>
microseconds time_of(const Act& act) {
  const auto begin = std::chrono::steady_clock::now();
  act();
  return std::chrono::duration_cast<microseconds>(std::chrono::steady_clock::now() - begin);
}

// What has its final verdict in any of the ledgers.
std::set<std::uint64_t> settled(const rehearsal& of) {
  std::set<std::uint64_t> out;
  for (const auto& one : fs::directory_iterator(of.path("run/shards"))) {
    const std::string path = one.path().string() + "/ledger.jsonl";
    if (!fs::exists(path)) continue;
    const auto note = [&out](const io::ledger_line& line) {
      const auto head = engine::read_line_head(line.text).value();
      if (!head.open) out.insert(head.key.ordinal);
      return true;
    };
    CHECK(io::scan_ledger(path, note).value().damaged == 0);
  }
  return out;
}

std::vector<std::uint32_t> answers(const rehearsal& of, std::size_t records) {
  std::vector<std::uint32_t> out;
  for (std::size_t n = 0; n < records; ++n) out.push_back(of.provider().answers_to(question(n)));
  return out;
}

// The run's own files, without its shards, and without what only tells which files they are: name
// -> content.
using files = std::map<std::string, std::string>;

files files_in(const std::string& directory) {
  files out;
  for (const auto& one : fs::directory_iterator(directory)) {
    const std::string name = one.path().filename();
    if (!one.is_regular_file() || name == "outputs.json") continue;
    std::ifstream file(one.path(), std::ios::binary);
    out[name].assign(std::istreambuf_iterator<char>(file), {});
  }
  return out;
}

// They are the same files afterwards, not others like them.
void keep(const std::string& directory, const std::string& at) {
  fs::remove_all(at);
  fs::create_directory(at);
  for (const auto& one : fs::directory_iterator(directory)) {
    if (one.is_regular_file())
      fs::create_hard_link(one.path(), fs::path(at) / one.path().filename());
  }
}

void put_back(const std::string& directory, const std::string& from) {
  std::vector<fs::path> old;
  for (const auto& one : fs::directory_iterator(directory)) {
    if (one.is_regular_file()) old.push_back(one.path());
  }
  for (const auto& one : old) fs::remove(one);
  for (const auto& one : fs::directory_iterator(from)) {
    fs::create_hard_link(one.path(), fs::path(directory) / one.path().filename());
  }
}

// Each file is as it was before the merge or as after it.
void check_old_or_new(const files& now, const files& before, const files& after) {
  for (const auto& [name, content] : now) {
    CAPTURE(name);
    // A killed one leaves a name that the next one takes, or removes.
    if (name.ends_with(".new") || name.find(".retort-new.") != std::string::npos) continue;
    const auto was = before.find(name);
    const auto becomes = after.find(name);
    const bool is_old = was != before.end() && was->second == content;
    const bool is_new = becomes != after.end() && becomes->second == content;
    CHECK((is_old || is_new));
  }
  for (const auto& [name, content] : before) {
    CAPTURE(name);
    CHECK(now.contains(name));
  }
}

}  // namespace

TEST_CASE("shards of other numbers, each killed while it takes over, lose and repeat nothing") {
  constexpr std::size_t records = 600, later = 700;
  const rehearsal run(records, provider());
  random_moments at;
  finish_all(run, 4);
  run.files().file("questions.jsonl", question_rows(0, later));
  const microseconds whole = time_of([&] { check_done(run.run(shard(0, 2))); });
  auto before = settled(run);
  auto paid = answers(run, later);
  for (std::size_t kill = 0, kills = wanted_kills(30); kill < kills; ++kill) {
    CAPTURE(kill);
    const std::uint32_t count = 2 + at.below(4);
    at.kill(run.start_run(shard(at.below(count), count)), whole);
    REQUIRE(eventually([&] { return run.seen().open_connections == 0; }));
    const auto now = answers(run, later);
    std::size_t again = 0;
    for (const std::uint64_t one : before) again += now[one] != paid[one];
    CHECK(again == 0);
    paid = now;
    const auto then = std::exchange(before, settled(run));
    CHECK(std::ranges::includes(before, then));
  }
  finish_all(run, 3);
  CHECK(run.seen().answered == later + run.seen().repeats);
  check_done(merge(run));
  CHECK(finished_samples(run.path("run/ledger.jsonl")).size() == later);
  const rehearsal calm(later, provider());
  check_done(calm.run());
  for (const char* view : {"run/finetuning_data.jsonl", "run/finetuning_data.rejected.jsonl"}) {
    CAPTURE(view);
    CHECK(run.sorted_lines(view) == calm.sorted_lines(view));
  }
}

TEST_CASE("a merge that is killed leaves each file old or new, and the next comes to the same") {
  constexpr std::size_t records = 600, later = 700;
  const rehearsal run(records, provider());
  random_moments at;
  finish_all(run, 3);
  const std::string own = run.path("run");
  const std::string kept[] = {run.path("nothing"), run.path("first")};
  keep(own, kept[0]);
  check_done(merge(run));
  keep(own, kept[1]);
  const files before[] = {files_in(kept[0]), files_in(kept[1])};
  CHECK(before[0].empty());
  CHECK(before[1].contains("finetuning_data.jsonl"));
  run.files().file("questions.jsonl", question_rows(0, later));
  finish_all(run, 3);
  microseconds whole{};
  const auto merge_anew = [&](const std::string& from) {
    put_back(own, from);
    whole = time_of([&] { check_done(merge(run)); });
    return files_in(own);
  };
  const files after[] = {merge_anew(kept[0]), merge_anew(kept[1])};
  CHECK(after[0] == after[1]);
  for (std::size_t kill = 0, kills = wanted_kills(30); kill < kills; ++kill) {
    CAPTURE(kill);
    const std::size_t which = kill % 2;
    put_back(own, kept[which]);
    // Some are killed again where they were left.
    for (std::uint32_t lives = 1 + at.below(2); lives > 0; --lives) {
      at.kill(run.start({"merge", "run"}), whole);
      check_old_or_new(files_in(own), before[which], after[which]);
    }
    if (kill % 5 > 1) continue;
    check_done(merge(run));
    CHECK(files_in(own) == after[which]);
  }
}

namespace {

constexpr std::size_t large = std::size_t{512} << 20;

std::unique_ptr<small_disk> mount_in(const rehearsal& run, std::size_t bytes) {
  fs::create_directory(run.path("small"));
  auto disk = small_disk::mount(run.path("small"), bytes);
  if (!disk) MESSAGE("skipped: no permission to mount a file system (not root?)");
  return disk;
}

// So many bytes are left there.
void fill(const rehearsal& run, std::uintmax_t left) {
  const std::uintmax_t room = fs::space(run.path("small")).available;
  REQUIRE(room > left);
  std::ofstream(run.path("small/other")) << std::string(room - left, 'x');
}

void check_full(const outcome& left, const std::string& path) {
  INFO(left.output << left.errors);
  CHECK(left.status == 75);
  CHECK(RE2::PartialMatch(left.errors, fmt::format("(?m)^(retort|stopping): {}.*: cannot .*: No "
                                                   "space left on device$",
                                                   path)));
}

}  // namespace

TEST_CASE("a merge on a full disk leaves the run as it was, and is made when there is room") {
  const rehearsal run(600, provider());
  const auto disk = mount_in(run, large);
  if (!disk) return;
  finish_all(run, 3, "small/run");
  const std::string own = run.path("small/run");
  const files nothing = files_in(own);
  keep(own, run.path("small/kept"));
  check_done(merge(run, "small/run"));
  const files whole = files_in(own);
  put_back(own, run.path("small/kept"));
  // Not for the ledger, and not for what is made of it.
  const std::uintmax_t ledger = whole.at("ledger.jsonl").size();
  for (const std::uintmax_t left : {std::uintmax_t{4096}, ledger / 2, ledger + 32'768}) {
    CAPTURE(left);
    fill(run, left);
    check_full(merge(run, "small/run"), "small/run/");
    check_old_or_new(files_in(own), nothing, whole);
    fs::remove(run.path("small/other"));
  }
  check_done(merge(run, "small/run"));
  CHECK(files_in(own) == whole);
  CHECK(run.seen().requests == 600);
}

TEST_CASE("a shard that cannot take over all for a full disk goes on when there is room") {
  const rehearsal run(600, provider());
  const auto disk = mount_in(run, large);
  if (!disk) return;
  finish_all(run, 4, "small/run");
  for (const std::uintmax_t left : {4096u, 131'072u, 393'216u}) {
    CAPTURE(left);
    fill(run, left);
    check_full(run.run(shard(0, 2, "small/run")), "small/run/shards/0000-of-0002");
    fs::remove(run.path("small/other"));
  }
  finish_all(run, 2, "small/run");
  CHECK(run.seen().requests == 600);
  check_done(merge(run, "small/run"));
  CHECK(finished_samples(run.path("small/run/ledger.jsonl")).size() == 600);
}
