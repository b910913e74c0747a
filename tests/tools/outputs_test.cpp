// Several outputs at once, packed, in shards, of pairs, held out: what a run leaves in them is the
// fold over its ledger, however often it was killed, resumed under other outputs, or exported.
#include <doctest/doctest.h>
#include <fmt/format.h>
#include <signal.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <random>
#include <string_view>
#include <vector>

#include "engine/sample/line_reader.hpp"
#include "tests/support/eventually.hpp"
#include "tests/support/ledger_samples.hpp"
#include "tests/support/parquet.hpp"
#include "tests/support/questions.hpp"
#include "tests/support/rehearsal.hpp"
#include "tests/support/wanted_kills.hpp"

using namespace retort;
using namespace retort::test;

namespace {

using flags = std::vector<std::string>;
namespace fs = std::filesystem;

constexpr char ledger[] = "run/ledger.jsonl";

// Each in a file of `directory`.
std::string many_outputs(const std::string& directory) {
  std::vector<std::string_view> outputs = {
      "path: {}/sft.jsonl, format: messages, rejected: true",
      "path: {}/sft.jsonl.gz, format: prompt_completion_messages",
      "path: {}/packed.jsonl.zst, format: unpaired, shard_mb: 1",
      "path: {}/table.csv, format: text, columns: [answer]",
      "path: {}/table.csv.gz, format: gemini",
      "path: {}/dpo.jsonl.gz, format: preference, pairs: 2",
      "path: {}/dpo.jsonl, format: openai_preference, margin: 0.5, metadata: true",
      "path: {}/rl.jsonl, format: reward",
      "path: {}/ordered.jsonl, format: sharegpt, order: dataset, rejected: true",
      "path: {}/eval.jsonl, part: holdout, rejected: true",
      "path: {}/own.jsonl, format: {{jq: '(1, 2) as $n | {{n: $n, q: .prompt}}'}}",
  };
  if (has_parquet()) {
    outputs.emplace_back("path: {}/data.parquet, format: messages, shard_mb: 1, columns: [answer]");
    outputs.emplace_back("path: {}/dpo.parquet, format: preference, metadata: true");
    outputs.emplace_back("path: {}/ordered.parquet, order: dataset, part: holdout");
  }
  std::string out;
  for (const auto one : outputs) {
    out +=
        fmt::format("{}{{{}}}", out.empty() ? "" : ", ", fmt::format(fmt::runtime(one), directory));
  }
  return "outputs=[" + out + "]";
}

// The one shard, three of rejected samples and sharegpt's description too.
std::size_t files_of_many() { return has_parquet() ? 18 : 15; }

flags with_outputs(const std::string& directory, flags more = {}) {
  flags out = {"--set", "output=",         "--set", many_outputs(directory),
               "--set", "holdout=0.2",     "--set", "samples.n=3",
               "--set", "sampling.seed=5", "--set", "prompt.system=Add."};
  out.insert(out.end(), more.begin(), more.end());
  return out;
}

std::map<std::string, std::string> files_in(const rehearsal& of, const std::string& directory) {
  std::map<std::string, std::string> out;
  for (const auto& one : fs::directory_iterator(of.path(directory))) {
    const std::string name = one.path().filename().string();
    out[name] = of.content(directory + "/" + name);
  }
  return out;
}

void check_same(const std::map<std::string, std::string>& one,
                const std::map<std::string, std::string>& other) {
  CHECK(one.size() == other.size());
  for (const auto& [name, bytes] : one) {
    CAPTURE(name);
    REQUIRE(other.contains(name));
    CHECK(bytes.size() == other.at(name).size());
    CHECK((bytes == other.at(name)));
  }
}

mock::options half_wrong() {
  mock::options chosen;
  chosen.wrong = 0.5;
  chosen.latency_ms = 4;
  return chosen;
}

}  // namespace

TEST_CASE("killed a hundred times, a run with many outputs leaves what an undisturbed one does") {
  const std::size_t kills = wanted_kills(100), records = 12 * kills;
  const rehearsal all(records, half_wrong());
  fs::create_directory(all.path("out"));
  std::mt19937 random(17);
  const flags words = with_outputs("out", {"--set", "durability=flush"});
  for (std::size_t kill = 0; kill < kills; ++kill) {
    const std::uint64_t before = all.seen().requests;
    child_process one = all.start_run(words);
    const std::uint64_t more = random() % 40;
    REQUIRE(eventually([&] { return all.seen().requests >= before + more || !one.is_running(); }));
    one.signal(SIGKILL);
    one.wait();
  }
  const outcome last = all.run(words);
  INFO(last.output << last.errors);
  REQUIRE(last.status == 0);
  const auto files = files_in(all, "out");
  CHECK(files.size() == files_of_many());
  for (const auto& [name, bytes] : files) {
    CAPTURE(name);
    CHECK(bytes.size() > 40);
  }

  // The same answers in the same order, to a run that nobody disturbs.
  fs::create_directory(all.path("calm"));
  fs::create_directory(all.path("calm-run"));
  for (const char* name : {"ledger.jsonl", "manifest.json"}) {
    fs::copy_file(all.path("run") + "/" + name, all.path("calm-run") + "/" + name);
  }
  const auto asked = all.seen().requests;
  REQUIRE(all.run(with_outputs("calm", {"--set", "run_dir=calm-run"})).status == 0);
  CHECK(all.seen().requests == asked);
  check_same(files, files_in(all, "calm"));

  fs::create_directory(all.path("exported"));
  flags export_words = {"export", "run.yaml"};
  const flags same = with_outputs("exported");
  export_words.insert(export_words.end(), same.begin(), same.end());
  const outcome exported = finish(all.start(export_words));
  INFO(exported.output << exported.errors);
  REQUIRE(exported.status == 0);
  check_same(files, files_in(all, "exported"));
}

TEST_CASE("a resume under other outputs folds anew, without a request") {
  const rehearsal all(60, half_wrong());
  fs::create_directory(all.path("out"));
  REQUIRE(
      all.run({"--set", "samples.n=3", "--set", "sampling.seed=5", "--set", "prompt.system=Add."})
          .status == 0);
  const auto asked = all.seen().requests;
  const outcome again = all.run(with_outputs("out"));
  INFO(again.output << again.errors);
  REQUIRE(again.status == 0);
  CHECK(all.seen().requests == asked);
  const auto files = files_in(all, "out");
  CHECK(files.size() == files_of_many());
  CHECK(files.at("table.csv").starts_with("text,answer\r\n"));  // columns that no line had
  REQUIRE(all.run(with_outputs("out")).status == 0);
  check_same(files, files_in(all, "out"));
}

TEST_CASE("training and holdout part the records between them, and export agrees") {
  const rehearsal all(200, half_wrong());
  const flags words = {
      "--set",       "output=", "--set",
      "holdout=0.3", "--set",   "outputs=[{path: train.jsonl}, {path: eval.jsonl, part: holdout}]"};
  REQUIRE(all.run(words).status == 0);
  const auto training = all.sorted_lines("train.jsonl"), held_out = all.sorted_lines("eval.jsonl");
  std::size_t accepted = 0;
  for (const auto& one : finished_samples(all.path(ledger))) {
    accepted += one.second.verdict() == engine::verdict::accepted;
  }
  CHECK(training.size() + held_out.size() == accepted);
  CHECK(held_out.size() > accepted / 6);
  CHECK(training.size() > accepted / 2);
  for (const auto& line : held_out) {
    CHECK(std::ranges::find(training, line) == training.end());
  }
}

TEST_CASE("what a format cannot have is rejected, said and counted; what another can have is not") {
  const rehearsal all(30);
  flags words = {"--set",
                 "output=",
                 "--set",
                 "prompt.user=",
                 "--set",
                 "prompt.messages=[{role: assistant, content: Ask.}, {role: user, content: "
                 "'{{question}}'}]"};
  flags strict = words, both = words;
  strict.insert(strict.end(),
                {"--set", "outputs=[{path: sft.jsonl, format: messages, rejected: true}]"});
  const outcome none = all.run(strict);
  INFO(none.output << none.errors);
  CHECK(none.status == 0);
  CHECK(none.output.find("30 generated: 0 accepted, 30 rejected   (format 30), 0 failed\n") !=
        std::string::npos);
  CHECK(none.output.find("0 exported to sft.jsonl; without what its format cannot have: the user "
                         "and the assistant speak in turn, the user first (30)\n") !=
        std::string::npos);
  CHECK(all.content("sft.jsonl") == "");
  const auto rejected = all.sorted_lines("sft.rejected.jsonl");
  CHECK(rejected.size() == 30);
  CHECK(rejected.front().find("\"reason\":\"format\",\"detail\":\"the user and the assistant speak "
                              "in turn, the user first\"") != std::string::npos);
  both.insert(both.end(), {"--set",
                           "outputs=[{path: sft.jsonl, format: messages}, {path: text.jsonl, "
                           "format: text}]"});
  const outcome some = all.run(both);
  INFO(some.output << some.errors);
  CHECK(some.output.find("30 generated: 30 accepted, 0 rejected, 0 failed\n") != std::string::npos);
  CHECK(some.output.find("0 exported to sft.jsonl; without what") != std::string::npos);
  CHECK(some.output.find("30 exported to text.jsonl\n") != std::string::npos);
  CHECK(all.seen().requests == 30);
}
