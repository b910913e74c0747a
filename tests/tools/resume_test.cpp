// A second run of the same config: what it does again, what it does not, and what it refuses.
#include <doctest/doctest.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <re2/re2.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>

#include "engine/quota/slow_start.hpp"
#include "tests/support/compress.hpp"
#include "tests/support/eventually.hpp"
#include "tests/support/ledger_samples.hpp"
#include "tests/support/questions.hpp"
#include "tests/support/rehearsal.hpp"

using namespace retort;
using namespace retort::test;

namespace {

namespace fs = std::filesystem;
using flags = std::vector<std::string>;

constexpr char ledger[] = "run/ledger.jsonl";
constexpr char accepted[] = "run/finetuning_data.jsonl";
constexpr char rejected[] = "run/finetuning_data.rejected.jsonl";

mock::options often_wrong() {
  mock::options chosen;
  chosen.wrong = 0.4;
  return chosen;
}

void check_done(const outcome& left) {
  INFO(left.output << left.errors);
  CHECK(left.status == 0);
}

// The next run is refused with one line, sends nothing and leaves every file as it was.
void check_refused(const rehearsal& of, const flags& with, const std::string& line,
                   int status = 2) {
  const std::vector<std::string> before = {of.content(ledger), of.content(accepted),
                                           of.content(rejected)};
  const std::uint64_t requests = of.seen().requests;
  const outcome left = of.run(with);
  INFO(left.errors);
  INFO(line);
  CHECK(left.status == status);
  CHECK(left.output == "");
  CHECK(RE2::FullMatch(left.errors, "retort: " + line + "\n"));
  CHECK(of.seen().requests == requests);
  CHECK(before ==
        std::vector<std::string>{of.content(ledger), of.content(accepted), of.content(rejected)});
}

std::size_t count_lines(const rehearsal& of, std::string_view name) {
  return of.sorted_lines(name).size();
}

}  // namespace

TEST_CASE("a finished run sends nothing when it is run again, and its files stay as they are") {
  const rehearsal run(30, often_wrong());
  check_done(run.run());
  const std::string first[] = {run.content(ledger), run.content(accepted), run.content(rejected)};
  const outcome again = run.run();
  check_done(again);
  CHECK(RE2::PartialMatch(again.output, "(?m)^this process: 0 requests "));
  CHECK(run.seen().requests == 30);
  CHECK(run.content(ledger) == first[0]);
  CHECK(run.content(accepted) == first[1]);
  CHECK(run.content(rejected) == first[2]);
}

TEST_CASE("rows appended to the dataset are welcome") {
  const rehearsal run(10);
  check_done(run.run());
  run.files().file("questions.jsonl", question_rows(0, 25));
  check_done(run.run());
  CHECK(run.seen().requests == 25);
  CHECK(finished_samples(run.path(ledger)).size() == 25);
  CHECK(count_lines(run, accepted) == 25);
}

TEST_CASE("a dataset whose rows have changed is refused, with the row") {
  const rehearsal run(10);
  check_done(run.run());
  const std::string changed = question_rows(0, 3) + question_row(100) + question_rows(4, 10);
  run.files().file("questions.jsonl", changed);
  check_refused(run, {},
                "the dataset has changed: record 3 \\(questions.jsonl:4\\) is not the one that "
                "run/ledger.jsonl holds an answer to. .*--fresh.*");
  run.files().file("questions.jsonl", question_rows(0, 3) + question_rows(4, 12));
  check_refused(run, {}, "the dataset has changed: record 3 \\(questions.jsonl:4\\) is not .*");
  run.files().file("questions.jsonl", question_rows(0, 9));
  check_refused(run, {},
                "the dataset has changed: it has 9 records, and run/ledger.jsonl holds an answer "
                "to record 9");
  run.files().file("questions.jsonl", question_rows(0, 10));
  check_done(run.run());
  CHECK(run.seen().requests == 10);
}

TEST_CASE("a config that shapes other answers is refused, with what has changed") {
  const rehearsal run(5);
  check_done(run.run());
  struct change {
    flags with;
    std::string what;
  };
  for (const auto& [with, what] : {
           change{{"--set", "sampling.temperature=0.5"},
                  "sampling.temperature was not set, now \"0.5\""},
           change{{"--set", "prompt.user=\"Please: {{question}}\""},
                  "prompt.user was \"\\{\\{question\\}\\}\", now \"Please: \\{\\{question\\}\\}\""},
           change{{"--set", "prompt.system=Hurry"}, "prompt.system was not set, now \"Hurry\""},
           change{{"--set", "models.0.model=other"}, "models.0.model was \"fake\", now \"other\""},
       }) {
    check_refused(run, with, "run holds answers to another config: " + what + "\\. .*--fresh.*");
  }
  // These shape speed and patience, not answers.
  check_done(run.run({"--set", "models.0.concurrency=2", "--set", "models.0.timeout_s=5", "--set",
                      "retry.attempts=2", "--set", "durability=flush"}));
  CHECK(run.seen().requests == 5);
}

TEST_CASE("another filter, evaluator or format makes the views anew, without a request") {
  const rehearsal run(20, often_wrong());
  const std::size_t wrong = count_wrong(20, often_wrong());
  check_done(run.run());
  const std::string first = run.content(accepted);
  REQUIRE(count_lines(run, accepted) == 20 - wrong);

  check_done(run.run({"--no-only-correct"}));
  CHECK(count_lines(run, accepted) == 20);
  CHECK(count_lines(run, rejected) == 0);
  const outcome none = run.run({"--min-length", "1000"});
  check_done(none);
  CHECK(none.output.find("(incorrect " + std::to_string(wrong) + ", too_short") !=
        std::string::npos);
  CHECK(count_lines(run, rejected) == 20);
  check_done(run.run({"--set", "evaluate=[exact]"}));
  CHECK(count_lines(run, accepted) == 0);
  check_done(run.run({"--format", "csv"}));
  CHECK(count_lines(run, "run/finetuning_data.csv") == 1 + 20 - wrong);
  check_done(run.run({"--output", "elsewhere.jsonl"}));
  CHECK(run.content("elsewhere.jsonl") == first);
  check_done(run.run());
  CHECK(run.content(accepted) == first);
  CHECK(run.seen().requests == 20);
}

TEST_CASE("a view cut anywhere is completed") {
  const rehearsal run(12, often_wrong());
  check_done(run.run());
  for (const char* name : {accepted, rejected}) {
    const std::string view = run.content(name);
    const std::size_t line = view.find('\n');
    REQUIRE(line < view.size() - 1);
    for (const std::size_t at : {std::size_t{0}, std::size_t{1}, line, line + 1, line + 2,
                                 view.size() / 2, view.size() - 1, view.size()}) {
      CAPTURE(at);
      run.files().file(name, view.substr(0, at));
      check_done(run.run());
      CHECK(run.content(name) == view);
    }
    fs::remove(run.path(name));
    check_done(run.run());
    CHECK(run.content(name) == view);
  }
  CHECK(run.seen().requests == 12);
}

TEST_CASE("a view that was changed by hand is refused, and made anew once it is out of the way") {
  const rehearsal run(12, often_wrong());
  check_done(run.run());
  for (const char* name : {accepted, rejected}) {
    const std::string view = run.content(name);
    const std::string changed = "Q" + view.substr(1), longer = view + "{\"prompt\": \"my own\"}\n";
    for (const std::string& edit : {changed, longer}) {
      run.files().file(name, edit);
      check_refused(run, {},
                    fmt::format("{} was changed since run rehearsal wrote it: move it away \\(what "
                                "the run wrote is made anew from its ledger\\), or give another "
                                "--output",
                                name));
    }
    fs::rename(run.path(name), run.path("mine"));
    check_done(run.run());
    CHECK(run.content(name) == view);
    CHECK(run.content("mine") == longer);
  }
  CHECK(run.seen().requests == 12);
}

TEST_CASE("a view that is shorter and something else is completed, and what it held is kept") {
  const rehearsal run(12, often_wrong());
  check_done(run.run());
  const std::string view = run.content(accepted);
  const std::string without_first = view.substr(view.find('\n') + 1);
  run.files().file(accepted, without_first);
  const outcome left = run.run();
  check_done(left);
  CHECK(run.content(accepted) == view);
  CHECK(run.content("run/finetuning_data.jsonl.1") == without_first);
  CHECK(left.errors.find("what it held is kept in run/finetuning_data.jsonl.1\n") !=
        std::string::npos);
  check_done(run.run());
  CHECK_FALSE(fs::exists(run.path("run/finetuning_data.jsonl.2")));
  CHECK(run.seen().requests == 12);
}

TEST_CASE("a ledger cut anywhere loses the cut line alone, which is made again") {
  const rehearsal run(6);
  check_done(run.run());
  const std::string whole = run.content(ledger);
  const std::size_t last = whole.rfind('\n', whole.size() - 2) + 1;  // the last line's beginning
  std::uint64_t requests = run.seen().requests;
  for (const std::size_t at : {last + 1, last + 30, whole.size() - 1}) {
    CAPTURE(at);
    run.files().file(ledger, whole.substr(0, at));
    check_done(run.run());
    CHECK(finished_samples(run.path(ledger)).size() == 6);
    CHECK(run.seen().requests == ++requests);
    CHECK(count_lines(run, accepted) == 6);
  }
}

TEST_CASE("a damaged line of the ledger is named, and its sample made again") {
  const rehearsal run(6);
  check_done(run.run());
  std::string bytes = run.content(ledger);
  const std::size_t second = bytes.find('\n') + 1;
  bytes[second + 40] ^= 1;
  run.files().file(ledger, bytes);
  const outcome left = run.run();
  check_done(left);
  CHECK(left.errors.find("run/ledger.jsonl: 1 damaged lines (the first is line 2): what stands on "
                         "no other line is made again") != std::string::npos);
  CHECK(run.seen().requests == 7);
  const ledger_content content = read_ledger(run.path(ledger));
  CHECK(content.damaged == 1);
  CHECK(content.samples.size() == 6);
  CHECK(count_lines(run, accepted) == 6);
}

TEST_CASE("--fresh starts over, and keeps the old run and its views") {
  const rehearsal run(5);
  const flags elsewhere = {"--output", "data.jsonl"};
  check_done(run.run(elsewhere));
  const std::string old_ledger = run.content(ledger);
  const std::string old_view = run.content("data.jsonl");
  const outcome left = run.run({"--output", "data.jsonl", "--fresh", "--limit", "2"});
  check_done(left);
  CHECK(left.output.find("the earlier run is in run.1\n") != std::string::npos);
  CHECK(run.seen().requests == 7);
  CHECK(run.content("run.1/ledger.jsonl") == old_ledger);
  CHECK(run.content("data.jsonl.1") == old_view);
  CHECK(count_lines(run, "data.jsonl") == 2);
  CHECK(finished_samples(run.path(ledger)).size() == 2);

  check_done(run.run({"--output", "data.jsonl", "--fresh"}));
  CHECK(fs::exists(run.path("run.2/ledger.jsonl")));
  CHECK(count_lines(run, "data.jsonl.2") == 2);
  CHECK(count_lines(run, "data.jsonl") == 5);
}

TEST_CASE("a run that is refused leaves nothing that was not there before") {
  const rehearsal run(3);
  run.files().file("theirs.jsonl", "precious\n");
  const std::string theirs = "theirs.jsonl exists and was not written by run rehearsal: .*";
  check_refused(run, {"--output", "theirs.jsonl", "--set", "run_dir=a/b"}, theirs);
  CHECK_FALSE(fs::exists(run.path("a")));
  for (const std::string name : {"run/summary.json", "run/finetuning_data.jsonl"}) {
    CAPTURE(name);
    run.files().file(name, "precious\n");
    for (int again = 0; again < 2; ++again) {
      check_refused(run, {},
                    name +
                        " (is there, and no run has been in run|exists and was not written by "
                        "run rehearsal): .*");
    }
    CHECK(std::distance(fs::directory_iterator(run.path("run")), fs::directory_iterator()) == 1);
    CHECK(run.content(name) == "precious\n");
    fs::remove(run.path(name));
  }
  check_done(run.run());
  check_refused(run, {"--output", "theirs.jsonl", "--fresh"}, theirs);
  CHECK_FALSE(fs::exists(run.path("run.1")));
}

TEST_CASE("--fresh without an earlier run is a run") {
  const rehearsal run(3);
  const outcome left = run.run({"--fresh"});
  check_done(left);
  CHECK(left.output.find("earlier") == std::string::npos);
  CHECK_FALSE(fs::exists(run.path("run.1")));
}

TEST_CASE("of two processes on one run directory the second is refused") {
  mock::options stalling;
  stalling.stall = 1;
  rehearsal run(20, stalling);
  child_process first = run.start_run({"--set", "models.0.timeout_s=86400"});
  REQUIRE(eventually(
      [&] { return run.seen().requests == engine::slow_start::first || !first.is_running(); }));
  check_refused(run, {}, "run/ledger.jsonl: another retort is running on it", 75);
  check_refused(run, {"--fresh"}, "run/ledger.jsonl: another retort is running on it", 75);
  CHECK(first.is_running());
  first.signal(SIGKILL);
  first.wait();
  run.replace_provider({});
  check_done(run.run());
  CHECK(finished_samples(run.path(ledger)).size() == 20);
}

TEST_CASE("a limit is a beginning, and a larger one goes on") {
  const rehearsal run(20);
  for (const std::size_t limit : {3, 3, 12, 5, 1000}) {
    CAPTURE(limit);
    check_done(run.run({"--limit", std::to_string(limit)}));
  }
  CHECK(run.seen().requests == 20);
  CHECK(finished_samples(run.path(ledger)).size() == 20);
}

TEST_CASE("every model answers every record") {
  const rehearsal run(10, often_wrong());
  const std::string config = run.content("run.yaml");
  const auto entry = config.find("  - {provider");
  const auto end = config.find('\n', entry) + 1;
  std::string second = config.substr(entry, end - entry);
  second.replace(second.find("fake"), 4, "other");
  run.files().file("run.yaml", config.substr(0, end) + second + config.substr(end));
  check_done(run.run({"--limit", "4"}));
  check_done(run.run());
  const auto finished = finished_samples(run.path(ledger));
  CHECK(finished.size() == 20);
  for (const auto& [key, sample] : finished) {
    CHECK(sample.completion.model == (key.second == 0 ? "fake" : "other"));
  }
  CHECK(run.seen().requests == 20);
  const std::vector<std::string> lines = run.sorted_lines(accepted);
  const auto others = std::ranges::count_if(lines, [](const std::string& line) {
    return line.find("\"model\":\"other\"") != std::string::npos;
  });
  CHECK(lines.size() == 2 * (10 - count_wrong(10, often_wrong())));
  CHECK(static_cast<std::size_t>(others) == lines.size() / 2);
}

namespace {

std::string csv_rows(std::size_t begin, std::size_t end) {
  std::string rows = "id,question,answer\r\n";
  for (auto n = begin; n < end; ++n) {
    rows += fmt::format("q{},\"{}\",{}\r\n", n, question(n), right_answer(n));
  }
  return rows;
}

}  // namespace

TEST_CASE("a dataset may be of any kind, and of several files") {
  const rehearsal run(9);
  check_done(run.run());
  const std::vector<std::string> expected = run.sorted_lines(accepted);
  const std::string rows = question_rows(0, 9);
  const temporary_directory& files = run.files();
  files.file("all.jsonl.gz", test::gzip(rows));
  files.file("all.jsonl.zst", test::zstd(rows));
  files.file("all.csv", csv_rows(0, 9));
  files.file("all.csv.gz", test::gzip(csv_rows(0, 9)));
  files.file("all.csv.zst", test::zstd(csv_rows(0, 9)));
  files.file("marked.jsonl", "\xEF\xBB\xBF" + rows);
  files.file("windows.jsonl", [&] {
    std::string text;
    for (const char c : rows) text += c == '\n' ? "\r\n" : std::string(1, c);
    return text + "\r\n\r\n";
  }());
  files.file("part/1.jsonl", question_rows(0, 4));
  files.file("part/2.csv.gz", test::gzip(csv_rows(4, 6)));
  files.file("part/3.jsonl.zst", test::zstd(question_rows(6, 9)));
  for (const std::string dataset :
       {"all.jsonl.gz", "all.jsonl.zst", "all.csv", "all.csv.gz", "all.csv.zst", "marked.jsonl",
        "windows.jsonl", "\"part/*\"", "[part/1.jsonl, part/2.csv.gz, part/3.jsonl.zst]",
        "[\"part/[12]*\", part/3.jsonl.zst]"}) {
    CAPTURE(dataset);
    const flags with = {"--fresh", "--set", "dataset.path=" + dataset};
    check_done(run.run(with));
    CHECK(run.sorted_lines(accepted) == expected);
    check_done(run.run({"--set", "dataset.path=" + dataset}));  // it is itself again
  }
  CHECK(run.seen().requests == 11 * 9);
}

TEST_CASE("a dataset may come from standard input, again and again") {
  const rehearsal run(0);
  const flags from_input = {"--set", "dataset.path=-"};
  for (const std::size_t rows : {4, 4, 9}) {
    const std::string path = run.files().file("input", question_rows(0, rows));
    start_options how;
    how.input = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    check_done(run.run(from_input, how));
    ::close(*how.input);
    CHECK(finished_samples(run.path(ledger)).size() == rows);
  }
  CHECK(run.seen().requests == 9);
}

TEST_CASE("the training file as CSV") {
  const rehearsal run(0);
  run.files().file("questions.jsonl",
                   "{\"id\": \"a\", \"question\": \"Say \\\"x\\\",\\nthen 1 + 1\", \"answer\": "
                   "\"2\"}\n");
  check_done(run.run({"--format", "csv"}));
  CHECK(run.content("run/finetuning_data.csv") ==
        "prompt,completion,metadata\r\n"
        "\"Say \"\"x\"\",\nthen 1 + 1\",\"{\"\"answer\"\": \"\"2\"\"}\","
        "\"{\"\"sample_id\"\":\"\"a\"\",\"\"model\"\":\"\"fake\"\",\"\"temperature\"\":null,"
        "\"\"prompt_length\"\":19,\"\"completion_length\"\":15}\"\r\n");
}

TEST_CASE("a limit below what a ledger holds counts what is there, and asks for nothing") {
  const rehearsal run(30);
  check_done(run.run({"--limit", "20"}));
  const outcome again = run.run({"--limit", "5"});
  check_done(again);
  CHECK(again.errors.find("20/20 (100 %)") != std::string::npos);
  CHECK(run.seen().requests == 20);
}

TEST_CASE("an output that was taken away under its run is not said to be exported") {
  mock::options slow;
  slow.latency_ms = 100;
  const rehearsal run(60, slow);
  child_process child = run.start_run();
  REQUIRE(eventually([&] { return count_lines(run, accepted) > 0 || !child.is_running(); }));
  fs::rename(run.path(accepted), run.path("kept.jsonl"));
  run.files().file(accepted, "mine\n");
  const outcome left = finish(std::move(child));
  INFO(left.errors);
  CHECK(left.status == 75);
  CHECK((left.output + left.errors).find("was taken away while") != std::string::npos);
  CHECK(run.content(accepted) == "mine\n");
}

TEST_CASE("what a run wrote is no dataset of the one that --fresh puts in its place") {
  const rehearsal run(10);
  const flags globbed = {"--set", "dataset.path=*.jsonl", "--output", "out.jsonl"};
  check_done(run.run(globbed));
  for (const char* output : {"out.jsonl", "other.jsonl", "third.jsonl"}) {
    CAPTURE(output);
    check_done(run.run({"--set", "dataset.path=*.jsonl*", "--output", output, "--fresh"}));
    CHECK(count_lines(run, output) == 10);
  }
  CHECK(run.seen().requests == 40);
}
