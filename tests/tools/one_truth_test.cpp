// What a ledger's samples are under another config, and what of a ledger is refused: whatever was
// written before, counts and files say one thing, and no request is made for what is settled.
#include <doctest/doctest.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <re2/re2.h>
#include <unistd.h>

#include <filesystem>
#include <random>
#include <sstream>

#include "tests/support/ledger_lines.hpp"
#include "tests/support/ledger_samples.hpp"
#include "tests/support/questions.hpp"
#include "tests/support/rehearsal.hpp"

using namespace retort;
using namespace retort::test;

namespace {

namespace fs = std::filesystem;
using flags = std::vector<std::string>;

constexpr char ledger[] = "run/ledger.jsonl";
constexpr char manifest[] = "run/manifest.json";
constexpr char accepted[] = "run/finetuning_data.jsonl";
constexpr char rejected[] = "run/finetuning_data.rejected.jsonl";

void check_done(const outcome& left) {
  INFO(left.output << left.errors);
  CHECK(left.status == 0);
}

// The progress, the summary and the files agree, and say so many.
void check_counts(const rehearsal& of, const outcome& left, std::size_t good, std::size_t bad) {
  check_done(left);
  INFO(left.output << left.errors);
  CHECK(of.sorted_lines(accepted).size() == good);
  CHECK(of.sorted_lines(rejected).size() == bad);
  CHECK(RE2::PartialMatch(left.output, fmt::format("(?m)^{} generated: {} accepted, {} rejected",
                                                   good + bad, good, bad)));
  CHECK(RE2::PartialMatch(left.errors, fmt::format(" · {} accepted, {} rejected, ", good, bad)));
}

std::size_t count(const rehearsal& of, const char* file, const std::string& what) {
  std::size_t found = 0;
  for (const std::string& line : of.sorted_lines(file)) found += line.find(what) != line.npos;
  return found;
}

void check_refused(const rehearsal& of, const flags& with, const std::string& line) {
  const std::string before[] = {of.content(ledger), of.content(accepted), of.content(manifest)};
  const std::uint64_t requests = of.seen().requests;
  const outcome left = of.run(with);
  INFO(left.errors);
  CHECK(left.status == 2);
  CHECK(RE2::FullMatch(left.errors, "retort: " + line + "\n"));
  CHECK(of.seen().requests == requests);
  CHECK(of.content(ledger) == before[0]);
  CHECK(of.content(accepted) == before[1]);
  CHECK(of.content(manifest) == before[2]);
}

// The ledger as retort f257902 wrote it: without `rendered`, with reason and judge further on.
std::string as_before(const std::string& bytes) {
  std::string out;
  std::istringstream lines(bytes);
  std::string line;
  std::getline(lines, line);
  out = line + '\n';
  while (std::getline(lines, line)) {
    line.resize(line.find(",\"sum\":\""));
    RE2::Replace(&line, R"(,"rendered":"[0-9a-f]+")", "");
    std::string moved[2];
    for (auto& member : moved) {
      const char* const what =
          &member == moved ? R"((,"reason":"[a-z_]+"))" : R"((,"judge":"[0-9a-f]+"))";
      if (RE2::PartialMatch(line, what, &member)) RE2::Replace(&line, what, "");
    }
    line.insert(line.find(",\"attempts\""), moved[0] + moved[1]);
    out += sealed_line(line + "}");
  }
  return out;
}

}  // namespace

TEST_CASE(
    "another reference judges what is there again, by the dataset's rows and without a request") {
  const rehearsal run(12);
  check_counts(run, run.run(), 12, 0);
  const flags wrong = {"--set", "reference.template=1{{answer}}"};
  check_counts(run, run.run(wrong), 0, 12);
  CHECK(count(run, rejected, "\"reference\":\"13\"") == 1);
  run.files().file("questions.jsonl", question_rows(0, 20));
  check_done(run.run({"--limit", "16", "--set", "reference.template={{answer}}0"}));
  CHECK(run.seen().requests == 16);
  CHECK(count(run, rejected, "\"reason\":\"incorrect\"") == 16);
  check_counts(run, run.run(), 20, 0);  // 12 of the first reference, 4 of the other and 4 new
  check_counts(run, run.run(), 20, 0);
  CHECK(run.seen().requests == 20);
}

TEST_CASE("a reference and an evaluator that come later judge what was there before") {
  const rehearsal run(10);
  check_done(run.run({"--limit", "1"}));
  const flags without = {"--set", "evaluate=[]", "--set", "reference=", "--set", "dataset.id="};
  check_counts(run, run.run(without), 10, 0);
  CHECK(count(run, accepted, "\"sample_id\":\"3\"") == 1);
  check_counts(run, run.run(), 10, 0);
  CHECK(count(run, accepted, "\"sample_id\":\"q3\"") == 1);
  check_counts(run, run.run({"--set", "reference.template={{id}}"}), 0, 10);
  check_counts(run, run.run({"--set", "dataset.id=answer"}), 10, 0);
  CHECK(count(run, accepted, "\"sample_id\":\"6\"") == 1);
  CHECK(run.seen().requests == 10);
}

TEST_CASE("the ledger of an older retort is read as one whose references may have been others") {
  const rehearsal run(9);
  check_done(run.run({"--set", "reference.template=1{{answer}}"}));
  run.files().file(ledger, as_before(run.content(ledger)));
  REQUIRE(run.content(ledger).find("rendered") == std::string::npos);
  std::string old_manifest = run.content(manifest);
  old_manifest.insert(old_manifest.find("\"models.0.model\""),
                      "\"models.0.base_url\":\"http://old\",");
  run.files().file(manifest, old_manifest);
  check_counts(run, run.run(), 9, 0);
  check_counts(run, run.run({"--min-length", "100"}), 0, 9);
  CHECK(run.seen().requests == 9);
}

TEST_CASE("a row that cannot be rendered under another reference is a bad row") {
  const rehearsal run(12);
  check_done(run.run());
  const flags odd = {"--set", "reference.pattern=^[3-9]$"};  // 10 to 14 have no reference
  check_refused(
      run, odd,
      "questions.jsonl:8: reference: pattern \"\\^\\[3-9\\]\\$\" matches nothing in \"10\"");
  flags skipping = odd;
  skipping.insert(skipping.end(), {"--set", "dataset.on_error=skip"});
  const outcome left = run.run(skipping);
  check_counts(run, left, 7, 0);
  CHECK(left.errors.find("skipped questions.jsonl:8: reference: ") != std::string::npos);
  CHECK(left.output.find("; 5 bad rows skipped") != std::string::npos);
  CHECK(left.errors.find("7/7 (100 %)") != std::string::npos);
  check_counts(run, run.run(), 12, 0);
  CHECK(run.seen().requests == 12);
}

TEST_CASE("another filter counts the same in the progress, the summary and the files") {
  const rehearsal run(10);
  check_counts(run, run.run({"--limit", "6"}), 6, 0);
  check_counts(run, run.run({"--limit", "6", "--min-length", "100"}), 0, 6);
  const outcome none = run.run({"--min-length", "100"});
  check_counts(run, none, 0, 10);
  CHECK(none.output.find("nothing was accepted") != std::string::npos);
  CHECK(none.output.find("ready for fine-tuning") == std::string::npos);
  CHECK(run.seen().requests == 10);
}

TEST_CASE("a server may move between two processes of a run") {
  const rehearsal run(6);
  check_done(run.run({"--limit", "2"}));
  rehearsal elsewhere(0);
  run.files().file("ca.pem", elsewhere.content("ca.pem"));
  check_done(run.run({"--set", "models.0.base_url=" + elsewhere.provider().base_url()}));
  CHECK(run.seen().requests == 2);
  CHECK(elsewhere.seen().requests == 4);
}

TEST_CASE("a model that the config lacks and samples without a manifest are one line") {
  const rehearsal run(4);
  check_done(run.run());
  const std::string good = run.content(ledger);
  const std::string line = good.substr(good.find('\n') + 1);
  std::string other = line.substr(0, line.find(",\"sum\":\"")) + "}";
  RE2::Replace(&other, R"(^\{"key":\[(\d+),0,0\])", R"({"key":[\1,3,0])");
  run.files().file(ledger, good + sealed_line(other));
  check_refused(run, {},
                "run/ledger.jsonl: line 6 holds a sample of variant 3, and the config has 1 .*");
  run.files().file(ledger, good);
  fs::rename(run.path(manifest), run.path("aside"));
  check_refused(run, {},
                "run holds what was paid for, and run/manifest.json, which says what it answers, "
                "is not there: .*");
  fs::rename(run.path("aside"), run.path(manifest));
  check_counts(run, run.run(), 4, 0);
}

TEST_CASE("whatever bytes of a ledger or a manifest are damaged, nothing wrong is accepted") {
  const rehearsal run(6);
  check_done(run.run());
  const std::string good[] = {run.content(ledger), run.content(manifest)};
  const std::vector<std::string> lines = run.sorted_lines(accepted);
  std::mt19937 random(7);
  for (int i = 0; i < 40; ++i) {
    const bool of_manifest = i % 4 == 0;
    std::string bytes = good[of_manifest];
    for (int flips = 1 + i % 3; flips > 0; --flips) {
      bytes[random() % bytes.size()] ^= static_cast<char>(1 << random() % 8);
    }
    CAPTURE(bytes);
    run.files().file(of_manifest ? manifest : ledger, bytes);
    const outcome left = run.run();
    INFO(left.errors);
    const bool ended = left.status == 0 || left.status == 2;
    CHECK(ended);
    if (left.status == 0) CHECK(run.sorted_lines(accepted) == lines);
    run.files().file(ledger, good[0]);
    run.files().file(manifest, good[1]);
  }
}
