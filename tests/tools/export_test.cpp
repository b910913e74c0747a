// `retort export`, the whole of it: what it makes of a ledger is what a run makes, nothing is asked
// for, and whatever happens to it the outputs are old or new, and the run's.
#include <doctest/doctest.h>
#include <fmt/format.h>
#include <re2/re2.h>
#include <signal.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <random>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "tests/support/eventually.hpp"
#include "tests/support/ledger_samples.hpp"
#include "tests/support/questions.hpp"
#include "tests/support/rehearsal.hpp"
#include "tests/support/small_disk.hpp"
#include "tests/support/wanted_kills.hpp"

using namespace retort;
using namespace retort::test;
namespace fs = std::filesystem;

namespace {

using flags = std::vector<std::string>;
constexpr char ledger[] = "run/ledger.jsonl";
constexpr char training[] = "run/finetuning_data.jsonl";
constexpr char rejects[] = "run/finetuning_data.rejected.jsonl";
constexpr std::size_t records = 200;

mock::options provider() {
  mock::options chosen;
  chosen.wrong = 0.3;
  chosen.latency_ms = 1;
  return chosen;
}

flags words(const char* command, const flags& more) {
  flags out{command, "run.yaml"};
  out.insert(out.end(), more.begin(), more.end());
  return out;
}

outcome export_from(const rehearsal& of, const flags& more = {}, const start_options& how = {}) {
  return finish(of.start(words("export", more), how));
}

// The names in a directory of the rehearsal, without what its children have printed.
std::set<std::string> names_in(const rehearsal& of, const std::string& directory) {
  std::set<std::string> out;
  for (const auto& each : fs::directory_iterator(of.path(directory))) {
    out.insert(each.path().filename().string());
  }
  return out;
}

bool says(const std::string& text, const std::string& what) {
  return text.find(what) != std::string::npos;
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> out;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    out.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return out;
}

// But for the hash that seals it, and when and where the run was.
std::string card_in(const rehearsal& all, const std::string& run) {
  std::string text = all.content(run + "/README.md");
  RE2::GlobalReplace(&text, R"(\([0-9a-f]{16}\)|from 2.* UTC|hash [0-9a-f]{16})", "");
  return text;
}

}  // namespace

TEST_CASE("an export of a finished run is the run's own files, to the byte, without a request") {
  const rehearsal all(records, provider());
  REQUIRE(all.run().status == 0);
  const auto asked = all.seen().requests;
  const std::string kept = all.content(training), rejected = all.content(rejects);
  const std::string lines = all.content(ledger);
  for (const char* lost : {"", training, rejects}) {
    CAPTURE(lost);
    if (*lost) fs::remove(all.path(lost));
    const outcome left = export_from(all);
    INFO(left.errors);
    CHECK(left.status == 0);
    CHECK(says(left.output, fmt::format("exported to {}\n", training)));
    CHECK(all.content(training) == kept);
    CHECK(all.content(rejects) == rejected);
  }
  CHECK(all.content(ledger) == lines);
  CHECK(all.seen().requests == asked);
  CHECK(all.run().status == 0);  // which finds its own files
  CHECK(all.content(training) == kept);
  CHECK(names_in(all, "run").size() == 7);
}

TEST_CASE("under another evaluator, filter, reference or format it makes what a run makes") {
  const rehearsal all(records, provider());
  REQUIRE(all.run({"--set", "samples.n=2", "--set", "sampling.seed=3"}).status == 0);
  const auto asked = all.seen().requests;
  const flags table[] = {
      {"--set", "evaluate=[{numeric: {}}]"},
      {"--set", "evaluate=[]"},
      {"--min-length", "17"},
      {"--set", "filter.where=.completion | length > 16"},
      {"--set", "filter={only_correct: false, unique: {}, per_record: 1}"},
      {"--set", "samples.keep=best"},
      {"--set", "samples.keep=majority"},
      {"--set", "dataset.id=question", "--set", "reference.template=1{{answer}}"},
      {"--format", "csv"},
      {"--set", "output.rejected=false"},
  };
  int number = 0;
  for (const flags& changes : table) {
    const std::string other = fmt::format("other{}", ++number);
    CAPTURE(changes[1]);
    flags here = {"--set", "samples.n=2", "--set", "sampling.seed=3"};
    here.insert(here.end(), changes.begin(), changes.end());
    flags there = here;
    there.insert(there.end(), {"--set", "run_dir=" + other});
    fs::copy(all.path("run"), all.path(other));
    const outcome ran = all.run(there);
    const outcome left = export_from(all, here);
    INFO(left.errors << ran.errors);
    CHECK(ran.status == 0);
    CHECK(left.status == 0);
    CHECK(lines_of(left.output).front() == lines_of(ran.output).front());
    CHECK(names_in(all, "run") == names_in(all, other));
    for (const auto& name : names_in(all, other)) {
      CAPTURE(name);
      if (name == "outputs.json") continue;  // it has inodes
      if (name == "summary.json") continue;  // a run's, which an export is none of
      if (name == "README.md") {
        CHECK(card_in(all, "run") == card_in(all, other));
        continue;
      }
      CHECK(all.content("run/" + name) == all.content(other + "/" + name));
    }
  }
  CHECK(all.seen().requests == asked);
}

TEST_CASE("a ledger that is still growing is exported to new files, and to no others") {
  mock::options slow = provider();
  slow.latency_ms = 20;
  const rehearsal all(records, slow);
  child_process run = all.start_run();
  REQUIRE(eventually([&] {
    return std::filesystem::exists(all.path(training)) && !all.content(training).empty();
  }));
  run.signal(SIGSTOP);  // it is at work for as long as the exports take
  const outcome refused = export_from(all);
  const outcome first = export_from(all, {"--output", "so-far.jsonl"});
  const std::string so_far = all.content("so-far.jsonl");
  const outcome again = export_from(all, {"--output", "so-far.jsonl"});
  run.signal(SIGCONT);
  REQUIRE(finish(std::move(run)).status == 0);
  CHECK(refused.status == 2);
  CHECK(says(refused.errors,
             fmt::format("retort: {} is there, and a run is at work on its ledger", training)));
  CHECK(first.status == 0);
  CHECK(says(first.output, "a run is at work: this is its ledger as far as it was"));
  CHECK(again.status == 2);
  CHECK(all.content("so-far.jsonl") == so_far);
  CHECK(all.content(training).starts_with(so_far));
  CHECK(!so_far.empty());
  CHECK(all.run().status == 0);
  CHECK(export_from(all, {"--output", "so-far.jsonl"}).status == 0);  // it is the run's
  CHECK(all.content("so-far.jsonl") == all.content(training));
}

TEST_CASE("killed a hundred times, an export leaves the old files or the new, and nothing else") {
  const rehearsal all(1000, provider());
  REQUIRE(all.run().status == 0);
  const flags ways[] = {{}, {"--min-length", "17"}};
  std::set<std::string> kept, rejected;
  std::chrono::microseconds whole{0};
  for (const flags& way : ways) {
    const auto begin = std::chrono::steady_clock::now();
    REQUIRE(export_from(all, way).status == 0);
    whole = std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() -
                                                                  begin);
    kept.insert(all.content(training));
    rejected.insert(all.content(rejects));
  }
  REQUIRE(kept.size() == 2);
  const auto names = names_in(all, "run");
  const std::uint64_t seed = std::random_device()();
  std::mt19937_64 random(seed);
  std::size_t killed = 0;
  for (std::size_t kill = 0, kills = wanted_kills(100); kill < kills; ++kill) {
    CAPTURE(kill);
    child_process one = all.start(words("export", ways[kill % 2]));
    // Two in three in the last third, where files take their places.
    const double share = static_cast<double>(random() % 1000) / 1000;
    const double moment = kill % 3 == 0 ? share : 0.67 + share * 0.4;
    std::this_thread::sleep_for(whole * moment);  // nothing is decided by it
    one.signal(SIGKILL);
    killed += one.wait() == 128 + SIGKILL;
    CHECK(kept.contains(all.content(training)));
    CHECK(rejected.contains(all.content(rejects)));
  }
  MESSAGE(fmt::format("seed {}: {} of them ended before their end", seed, killed));
  CHECK(killed > 0);
  const outcome last = all.run();
  INFO(last.errors);
  CHECK(last.status == 0);
  CHECK(!says(last.errors, "kept"));
  CHECK(all.seen().requests == 1000);
  CHECK(all.content(training).size() == std::ranges::max(kept, {}, &std::string::size).size());
  // A kill in the moment between two names may leave one of them.
  for (const auto& name : names_in(all, "run")) {
    CAPTURE(name);
    CHECK((names.contains(name) || name.find(".new") != std::string::npos));
  }
}

TEST_CASE("a full disk leaves the outputs as they were") {
  const rehearsal all(3000, provider());
  fs::create_directory(all.path("small"));
  const auto disk = small_disk::mount(all.path("small"), std::size_t{2} << 20);
  if (!disk) {
    MESSAGE("skipped: no permission to mount a file system (not root?)");
    return;
  }
  const flags there = {"--output", "small/data.jsonl"};
  REQUIRE(all.run(there).status == 0);
  const std::string before = all.content("small/data.jsonl");
  const auto names = names_in(all, "small");
  disk->resize(before.size() + all.content("small/data.rejected.jsonl").size() + (128 << 10));
  flags changed = there;
  changed.insert(changed.end(), {"--set", "dataset.id=question"});
  const outcome full = export_from(all, changed);
  INFO(full.output << full.errors);
  CHECK(full.status == 75);
  CHECK(says(full.errors, "retort: small/data.jsonl: cannot write: No space left on device"));
  CHECK(all.content("small/data.jsonl") == before);
  CHECK(names_in(all, "small") == names);
  disk->resize(std::size_t{8} << 20);
  CHECK(export_from(all, changed).status == 0);
  CHECK(all.content("small/data.jsonl") != before);
  CHECK(names_in(all, "small") == names);
  CHECK(all.run(there).status == 0);
  CHECK(all.content("small/data.jsonl") == before);
}

TEST_CASE("--diff names the samples whose verdict is another, counts them, and writes nothing") {
  const rehearsal all(records, provider());
  REQUIRE(all.run().status == 0);
  const std::string kept = all.content(training), book = all.content("run/outputs.json");
  std::string expected;
  std::size_t shorter = 0;
  for (const auto& one : read_ledger(all.path(ledger)).samples) {
    if (one.rejected || one.completion.text.size() >= 17) continue;
    expected += fmt::format("{}: accepted, now rejected (too_short)\n", one.id);
    ++shorter;
  }
  REQUIRE(shorter > 0);
  expected += fmt::format(
      "{0} of {1} samples would change; nothing was written\n"
      "  {0}: accepted, now rejected (too_short)\n",
      shorter, records);
  const outcome changed = export_from(all, {"--min-length", "17", "--diff"});
  CHECK(changed.status == 0);
  CHECK(changed.output == expected);
  CHECK(all.content(training) == kept);
  CHECK(all.content("run/outputs.json") == book);
  const outcome same = export_from(all, {"--diff"});
  CHECK(same.output == fmt::format("0 of {} samples would change; nothing was written\n", records));
}

TEST_CASE("--diff knows what an output's format cannot have") {
  const rehearsal all(50, provider());
  REQUIRE(all.run().status == 0);
  const flags picky = {
      "--set", "output={format: jq, jq: 'if (.completion | length) > 16 then . else error end'}"};
  flags diff = picky;
  diff.push_back("--diff");
  const outcome changed = export_from(all, diff);
  CHECK(changed.status == 0);
  CHECK(says(changed.output, ": accepted, now rejected (format)\n"));
  REQUIRE(export_from(all, picky).status == 0);
  CHECK(export_from(all, diff).output == "0 of 50 samples would change; nothing was written\n");
}

TEST_CASE("--diff goes by the samples that the last run kept, and says what a detail has to say") {
  const rehearsal all(50, provider());
  const flags twice = {"--set", "samples.n=2", "--set", "filter.only_correct=false"};
  REQUIRE(all.run(twice).status == 0);
  const auto with = [&](flags more) {
    more.insert(more.begin(), twice.begin(), twice.end());
    return more;
  };
  const flags best = with({"--set", "samples.keep=best"});
  flags best_diff = best;
  best_diff.push_back("--diff");
  const outcome chosen = export_from(all, best_diff);
  CHECK(says(chosen.output, "\n  50: accepted, now rejected (not_kept)\n"));
  CHECK(says(chosen.output, "(k 1): accepted, now rejected (not_kept)\n"));
  REQUIRE(export_from(all, best).status == 0);
  CHECK(says(export_from(all, best_diff).output, "0 of 100 samples would change"));
  CHECK(says(export_from(all, with({"--diff"})).output,
             "\n  50: rejected (not_kept), now accepted\n"));
  const outcome unique = export_from(all, with({"--set", "filter.unique={}", "--diff"}));
  CHECK(says(unique.output, ": accepted, now rejected (duplicate): the same as "));
}

TEST_CASE("a torn tail and damaged lines are passed over, and stay as they are") {
  const rehearsal all(20, provider());
  REQUIRE(all.run().status == 0);
  const std::string kept = all.content(training), whole = all.content(ledger);
  all.files().file(ledger, whole + whole.substr(whole.rfind("{\"key\""), 100));
  CHECK(export_from(all).status == 0);
  CHECK(all.content(training) == kept);
  std::string damaged = whole;
  damaged[damaged.size() - 5] ^= 1;
  all.files().file(ledger, damaged);
  const outcome left = export_from(all);
  CHECK(left.status == 0);
  CHECK(says(left.errors,
             "1 damaged lines (the first is line 21) are left out; `retort run` makes "
             "again what stands on no other line"));
  CHECK(all.content(ledger) == damaged);
}

TEST_CASE("what cannot be exported gets one line, and no key is asked for") {
  const rehearsal all(5, provider());
  const outcome none = export_from(all);
  CHECK(none.status == 2);
  CHECK(none.errors ==
        "retort: run/ledger.jsonl is not there; `retort run` with this config makes a ledger\n");
  CHECK(!fs::exists(all.path("run")));
  REQUIRE(all.run().status == 0);
  const std::string kept = all.content(training);
  CHECK(all.run({"--set", "models.0.api_key_env=NOT_SET"}).status == 2);
  CHECK(export_from(all, {"--set", "models.0.api_key_env=NOT_SET"}).status == 0);
  const outcome other = export_from(all, {"--set", "sampling.temperature=0.1"});
  CHECK(other.status == 2);
  CHECK(says(other.errors, "retort: run holds answers to another config: sampling.temperature"));
  all.files().file("mine.jsonl", "a file of somebody\n");
  const outcome foreign = export_from(all, {"--output", "mine.jsonl"});
  CHECK(foreign.status == 2);
  CHECK(says(foreign.errors, "mine.jsonl exists and was not written by run rehearsal"));
  CHECK(all.content("mine.jsonl") == "a file of somebody\n");
  all.files().file("questions.jsonl", question_rows(1, 6));
  const outcome changed = export_from(all, {"--min-length", "3"});
  CHECK(changed.status == 2);
  CHECK(says(changed.errors, "retort: the dataset has changed: record 0 (questions.jsonl:1)"));
  CHECK(all.content(training) == kept);
}

TEST_CASE("a key that is at hand is masked in what is rendered anew") {
  const rehearsal all(1, provider());
  const std::string key = "sk-proj-0123456789abcdefghij";
  all.files().file("questions.jsonl",
                   fmt::format("{{\"id\": \"a\", \"tag\": \"{}\", \"question\": \"What is 1 + "
                               "3?\", \"answer\": \"4\"}}\n",
                               key));
  const start_options with_key{{{"A_KEY", key}}, {}};
  const flags keyed = {"--set", "models.0.api_key_env=A_KEY"};
  REQUIRE(all.run(keyed, with_key).status == 0);
  flags tagged = keyed;
  tagged.insert(tagged.end(), {"--set", "dataset.id=tag", "--no-only-correct"});
  REQUIRE(export_from(all, tagged, with_key).status == 0);
  const std::string made = all.content(training);
  CHECK(says(made, R"("sample_id":"***")"));
  REQUIRE(all.run(tagged, with_key).status == 0);
  CHECK(all.content(training) == made);
}

TEST_CASE("an export can be poured into standard output, with what is said beside") {
  const rehearsal all(20, provider());
  REQUIRE(all.run().status == 0);
  const outcome poured = export_from(all, {"--output", "-"});
  CHECK(poured.status == 0);
  CHECK(poured.output == all.content(training));
  CHECK(says(poured.errors, "20 generated: "));
}
