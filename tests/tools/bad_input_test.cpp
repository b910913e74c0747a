// What people get wrong: the one clear line, the exit status, and a ledger that stays intact.
#include <doctest/doctest.h>
#include <fmt/format.h>
#include <re2/re2.h>
#include <signal.h>
#include <stdlib.h>

#include <filesystem>
#include <sstream>

#include "tests/support/eventually.hpp"
#include "tests/support/ledger_lines.hpp"
#include "tests/support/ledger_samples.hpp"
#include "tests/support/questions.hpp"
#include "tests/support/rehearsal.hpp"

using namespace retort;
using namespace retort::test;

namespace {

constexpr char ledger[] = "run/ledger.jsonl";

std::vector<std::string> lines_of(const std::string& text) {
  std::istringstream in(text);
  std::vector<std::string> lines;
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

// Progress, which may stand around any message.
bool is_progress(const std::string& line) {
  return RE2::PartialMatch(line, " accepted, .* rejected, .* failed · .* retries");
}

// Everything that was said on standard error, without the progress, is this one line.
void check_says_only(const outcome& left, const std::string& pattern) {
  std::vector<std::string> said;
  for (const std::string& line : lines_of(left.errors)) {
    if (!is_progress(line)) said.push_back(line);
  }
  INFO(left.errors);
  REQUIRE(said.size() == 1);
  INFO(pattern);
  CHECK(RE2::FullMatch(said[0], pattern));
}

// Refused: nothing sent, nothing written, nothing said but the one line.
void check_refused(const rehearsal& of, const std::vector<std::string>& words,
                   const std::string& pattern, const start_options& how = {}) {
  const std::string before = of.content(ledger);
  const std::uint64_t requests = of.seen().requests;
  const outcome left = finish(of.start(words, how));
  CHECK(left.status == 2);
  CHECK(left.output == "");
  check_says_only(left, "retort: " + pattern);
  CHECK(of.seen().requests == requests);
  CHECK(of.content(ledger) == before);
}

std::vector<std::string> run_with(std::vector<std::string> flags) {
  flags.insert(flags.begin(), {"run", "run.yaml"});
  return flags;
}

// The config with one piece of it replaced.
std::string changed_config(const rehearsal& of, const std::string& from, const std::string& to) {
  std::string text = of.content("run.yaml");
  const auto at = text.find(from);
  REQUIRE(at != std::string::npos);
  return text.replace(at, from.size(), to);
}

struct bad_row {
  std::string bytes;    // of the row, with its newline
  std::string problem;  // a pattern
};

const bad_row bad_rows[] = {
    {"{\"id\": \"x\", \"question\":\n", "not a JSON object: .*"},
    {"{\"id\": \"x\" \"question\": \"1 + 1\"}\n", "not a JSON object: .*"},
    {"[1, 2]\n", "not a JSON object"},
    {"what is 1 + 1?\n", "not a JSON object: .*"},
    {"{\"id\": \"x\", \"question\": \"\xff\", \"answer\": \"1\"}\n",
     "prompt: the field \"question\" is a text that is not UTF-8"},
    {"{\"id\": \"x\", \"question\": \"\xed\xa0\x80\", \"answer\": \"1\"}\n",
     "prompt: the field \"question\" is a text that is not UTF-8"},
    {"{\"id\": \"x\", \"question\": \"\\ud83d\", \"answer\": \"1\"}\n",
     "prompt: the field \"question\" is a text with half a surrogate pair .*"},
    {"{\"id\": 1e400, \"question\": \"1 + 1\", \"answer\": \"1\"}\n",
     "dataset.id: the field \"id\" is 1e400, beyond the numbers of 64 bits .*"},
    {"{\"id\": 1, \"question\": \"1 + 1\", \"answer\": NaN}\n",
     "reference: the field \"answer\" is NaN, which is no JSON value"},
    {"{\"id\": \"x\", \"qestion\": \"1 + 1\", \"answer\": \"1\"}\n",
     "prompt: the record has no field \"question\"; did you mean \"qestion\"\\? It has: .*"},
    {"{\"id\": \"x\", \"question\": \"1 + 1\"}\n",
     "reference: the record has no field \"answer\".*"},
    {"{\"question\": \"1 + 1\", \"answer\": \"1\"}\n",
     "dataset.id: the record has no field \"id\". It has: question, answer"},
    {"{\"id\": \"x\", \"question\": null, \"answer\": \"1\"}\n", "prompt: .*question.*null.*"},
};

}  // namespace

TEST_CASE("a bad row stops the run, which keeps what was good and goes on once it is repaired") {
  for (const bad_row& bad : bad_rows) {
    CAPTURE(bad.bytes);
    const rehearsal run(0);
    run.files().file("questions.jsonl", question_rows(0, 3) + bad.bytes + question_rows(4, 6));
    const outcome left = run.run();
    CHECK(left.status == 2);
    check_says_only(left, "stopping: questions.jsonl:4: " + bad.problem);
    CHECK(RE2::PartialMatch(left.output, "(?m)^stopped early: questions.jsonl:4: " + bad.problem));
    CHECK(finished_samples(run.path(ledger)).size() == 3);

    run.files().file("questions.jsonl", question_rows(0, 6));
    CHECK(run.run().status == 0);
    CHECK(finished_samples(run.path(ledger)).size() == 6);
    CHECK(run.seen().requests == 6);
  }
}

TEST_CASE("with on_error: skip a bad row is named and counted, and the others are asked") {
  for (const bad_row& bad : bad_rows) {
    CAPTURE(bad.bytes);
    const rehearsal run(0);
    run.files().file("questions.jsonl", question_rows(0, 3) + bad.bytes + question_rows(4, 6));
    const outcome left = run.run({"--set", "dataset.on_error=skip"});
    CHECK(left.status == 0);
    check_says_only(left, "skipped questions.jsonl:4: " + bad.problem);
    CHECK(left.output.find("5 generated: 5 accepted, 0 rejected, 0 failed; 1 bad rows skipped\n") !=
          std::string::npos);
    const auto finished = finished_samples(run.path(ledger));
    CHECK(finished.size() == 5);
    CHECK_FALSE(finished.contains({3, 0}));
  }
}

TEST_CASE("many bad rows are counted, and the first of them named") {
  const rehearsal run(0);
  std::string rows = question_rows(0, 2);
  for (int i = 0; i < 50; ++i) rows += "nonsense\n";
  run.files().file("questions.jsonl", rows);
  const outcome left = run.run({"--set", "dataset.on_error=skip"});
  CHECK(left.status == 0);
  CHECK(left.output.find("; 50 bad rows skipped\n") != std::string::npos);
  CHECK(left.errors.find("skipped questions.jsonl:12: ") != std::string::npos);
  CHECK(left.errors.find("skipped questions.jsonl:13: ") == std::string::npos);
  CHECK(left.errors.find("skipped more bad rows; the summary counts them\n") != std::string::npos);
}

TEST_CASE("CSV has bad rows of its own") {
  const rehearsal run(0);
  const std::string header = "id,question,answer\r\n";
  for (const auto& [rows, problem] : std::vector<std::pair<std::string, std::string>>{
           {"q0,1 + 1\r\n", "the row's number of fields is 2, the header's 3"},
           {"q0,1 \"+\" 1,2\r\n", "column 2 \\(\"question\"\\): a quote inside a field .*"},
           {"q0,\xff,2\r\n", "column 2 \\(\"question\"\\): not valid UTF-8"}}) {
    CAPTURE(rows);
    run.files().file("data.csv", header + rows);
    const outcome left = run.run({"--set", "dataset.path=data.csv"});
    CHECK(left.status == 2);
    check_says_only(left, "stopping: data.csv:2: " + problem);
  }
  run.files().file("data.csv", "id,id\r\n1,2\r\n");
  const outcome left = run.run({"--set", "dataset.path=data.csv"});
  CHECK(left.status == 2);
  check_says_only(left, "stopping: data.csv:1: in the header, two columns are named \"id\"");
  CHECK(read_ledger(run.path(ledger)).samples.empty());
}

TEST_CASE("what can be seen to be wrong beforehand is refused in one line, and nothing is sent") {
  const rehearsal run(4);
  REQUIRE(run.run({"--limit", "2"}).status == 0);
  run.files().file("mine.jsonl", "not retort's\n");
  run.files().file("broken.jsonl.gz", "no gzip");
  run.files().file("data.txt", "some text");
  run.files().file("key_in_config.yaml", changed_config(run, "provider: openai,",
                                                        "provider: openai, api_key: sk-secret,"));
  run.files().file("misspelt.yaml", changed_config(run, "prompt:", "promt:"));
  run.files().file("wrong_type.yaml", changed_config(run, "concurrency: 8", "concurrency: many"));
  run.files().file("no_evaluator.yaml",
                   changed_config(run, "evaluate: [{json_field: {path: answer}}]",
                                  "filter: {only_correct: true}"));
  run.files().file("broken.yaml", "run: rehearsal\ndataset: {path: questions.jsonl\n");
  run.files().file("empty.yaml", "");

  struct refusal {
    std::vector<std::string> words;
    std::string line;
  };
  const refusal refusals[] = {
      {{},
       "no command; there are run, check, export, runs, compare, report, inspect, merge, status, "
       "bench, submit, mock, completion, man; see retort "
       "--help"},
      {{"rn", "run.yaml"},
       "unknown command \"rn\"; there are run, check, export, runs, compare, report, inspect, "
       "merge, status, bench, submit, mock, completion, man; see "
       "retort --help; "
       "did you mean \"run\"\\?"},
      {{"distill"}, "unknown command \"distill\"; there are .*; see retort --help"},
      {{"run"}, "run needs a CONFIG file; see retort run --help"},
      {run_with({"--limt=3"}), ".*--limt=3; see retort --help; did you mean \"--limit\"\\?"},
      {run_with({"again.yaml"}), ".*again.yaml; see retort --help"},
      {run_with({"--limit"}), "--limit.*; see retort --help"},

      {{"run", "missing.yaml"}, "missing.yaml: cannot be read: No such file or directory"},
      {{"run", "run"}, "run: cannot be read: Is a directory"},
      {{"run", "empty.yaml"}, "empty.yaml: is empty"},
      {{"run", "broken.yaml"}, "broken.yaml:\\d+:\\d+: .*"},
      {{"run", "misspelt.yaml"},
       "misspelt.yaml:4:1: unknown key \"promt\"; did you mean \"prompt\"\\?"},
      {{"run", "wrong_type.yaml"},
       "wrong_type.yaml:7:\\d+: models.0.concurrency is \"many\"; expected a whole number .*"},
      {{"run", "no_evaluator.yaml"},
       "no_evaluator.yaml:8:24: filter.only_correct needs an evaluator; .*"},
      {{"run", "key_in_config.yaml"},
       "key_in_config.yaml:7:.*a key does not belong in a config; .*"},
      {run_with({"--set", "evaluate=[]", "--only-correct"}),
       "--only-correct: filter.only_correct needs an evaluator; .*"},

      {run_with({"--set", "sampling.temprature=1"}),
       "--set sampling.temprature: unknown key \"temprature\" in sampling; did you mean "
       "\"temperature\"\\?"},
      {run_with({"--set", "sampling.temperature=hot"}),
       "--set sampling.temperature: .*is \"hot\"; expected a number from 0 to 2"},
      {run_with({"--set", "sampling.temperature"}), "--set takes key=value, .*"},
      {run_with({"--set", "=1"}), "--set takes key=value, .*"},
      {run_with({"--set", "models.1.model=x"}), "--set models.1.model: there is no models.1; .*"},
      {run_with({"--limit", "0"}), "--limit: dataset.limit is \"0\"; expected .* at least 1"},
      {run_with({"--min-length", "some"}),
       "--min-length: .*is \"some\"; expected a whole number.*"},
      {run_with({"--min-length", "9", "--max-length", "3"}), ".*min_length is 9, above .*"},
      {run_with({"--only-correct=perhaps"}),
       "--only-correct: .*\"perhaps\"; expected true or false"},
      {run_with({"--format", "xml"}), "--format: output.format is \"xml\"; expected .*csv.*"},

      {run_with({"--set", "dataset.path=missing.jsonl"}),
       "missing.jsonl: No such file or directory"},
      {run_with({"--set", "dataset.path=\"*.nothing\""}), "\\*.nothing: no file matches"},
      {run_with({"--set", "dataset.path=data.txt"}), "data.txt: not a known kind of dataset; .*"},
      {run_with({"--set", "dataset.path=run"}), "run: Is a directory"},
      {run_with({"--set", "dataset.path=broken.jsonl.gz"}),
       "broken.jsonl.gz: cannot be decoded as gzip: .*"},

      {run_with({"--set", "prompt.user=\"{{question\""}), "prompt.user: .*"},
      {run_with({"--set", "models.0.ca_file=missing.pem"}),
       "models\\[0\\]: ca_file missing.pem: No such file or directory"},
      {run_with({"--set", "models.0.ca_file=mine.jsonl"}),
       "models\\[0\\]: ca_file mine.jsonl: holds no PEM certificate"},
      {run_with({"--set", "models.0.api_key_env=RETORT_NO_SUCH_KEY"}),
       "models\\[0\\]: the variable RETORT_NO_SUCH_KEY \\(api_key_env\\) is not set: .*"},
      {run_with({"--set", "models.0.api_key_file=missing.key"}),
       "models\\[0\\]: api_key_file missing.key: No such file or directory"},
      {run_with({"--output", "mine.jsonl"}),
       "mine.jsonl exists and was not written by run rehearsal: move it away, .*"},
      {run_with({"--output", "printed"}), "printed is a directory; an output must be a regular .*"},
      {run_with({"--set", "output=", "--set", "outputs=[{path: new.jsonl}, {path: mine.jsonl}]"}),
       "mine.jsonl exists and was not written by run rehearsal: move it away, .*"},
      {run_with({"--set", "output=", "--set", "outputs=[{path: a.jsonl}, {path: ./a.jsonl}]"}),
       "--set outputs: outputs.1.path goes to \"./a.jsonl\", where outputs.0 goes; .*"},
      {run_with({"--set", "output=", "--set", "outputs=[{path: a.jsonl, format: csb}]"}),
       ".*outputs.0.format is \"csb\"; expected .*; did you mean \"csv\"\\?"},
      {run_with({"--output", "no/such/data.jsonl"}),
       "no/such/data.jsonl: cannot open: No such file or directory"},
      {run_with({"--set", "run_dir=mine.jsonl/run"}), "mine.jsonl/run: Not a directory"},
  };
  for (const refusal& one : refusals) {
    CAPTURE(one.line);
    check_refused(run, one.words, one.line);
  }
  CHECK(run.content("mine.jsonl") == "not retort's\n");
  CHECK(run.run().status == 0);  // none of it has left a trace
  CHECK(run.seen().requests == 4);
}

TEST_CASE("a refused connection is waited for, and then stops the run, resumable") {
  rehearsal run(3);
  const std::string address = fmt::format("127.0.0.1:{}", run.provider().port());
  run.provider().stop();
  const outcome left = run.run({"--set", "models.0.startup_s=0.2"});
  INFO(left.errors);
  CHECK(left.status == 75);
  CHECK(RE2::PartialMatch(left.errors, "(?m)^stopping: no connection to " + address +
                                           ": Connection refused \\(it has not answered within "
                                           "0.2 s: models\\[\\].startup_s, .*"));
  CHECK(read_ledger(run.path(ledger)).samples.empty());

  run.replace_provider({});
  CHECK(run.run().status == 0);
  CHECK(finished_samples(run.path(ledger)).size() == 3);
}

TEST_CASE("a certificate that is not trusted, or not this host's, stops the run before a request") {
  mock::options elsewhere;
  elsewhere.host_name = "other.example";
  const rehearsal untrusted(20), misnamed(20, elsewhere);
  untrusted.files().file("ca.pem", misnamed.content("ca.pem"));
  struct stop {
    const rehearsal& run;
    const char* line;
  };
  for (const auto& [run, line] :
       {stop{untrusted, "stopping: the certificate of 127.0.0.1 is not trusted: .* ca_file .*"},
        stop{misnamed,
             "stopping: the server's certificate is not for 127.0.0.1: wrong host name"}}) {
    const outcome left = run.run();
    CHECK(left.status == 2);
    check_says_only(left, line);
    CHECK(run.seen().requests == 0);
    CHECK(read_ledger(run.path(ledger)).samples.empty());
  }
}

TEST_CASE("a key is never told, whether it is right or wrong") {
  constexpr char variable[] = "RETORT_TEST_KEY";
  const std::string key = "sk-never-to-be-seen-0123456789";
  REQUIRE(::setenv(variable, key.c_str(), 1) == 0);  // for the provider, which asks for it
  mock::options asking;
  asking.api_key_env = variable;
  const std::vector<std::string> with_key = {"--json", "--set",
                                             std::string("models.0.api_key_env=") + variable};
  start_options wrong;
  wrong.environment[variable] = key + "-not";

  asking.stall = 1;
  rehearsal run(10, asking);
  const outcome refused = run.run(with_key, wrong);
  CHECK(refused.status == 2);
  check_says_only(refused, "stopping: openai fake: authentication \\(HTTP 401\\): .*");
  CHECK(read_ledger(run.path(ledger)).samples.empty());

  child_process stalled = run.start_run(with_key);
  REQUIRE(eventually([&] { return run.seen().of(mock::fault::stall) > 0; }));
  CHECK(content_of(fmt::format("/proc/{}/cmdline", stalled.id())).find(key) == std::string::npos);
  stalled.signal(SIGKILL);
  stalled.wait();

  asking.stall = 0;
  run.replace_provider(asking);
  CHECK(run.run(with_key).status == 0);
  for (const auto& entry : std::filesystem::recursive_directory_iterator(run.files().path())) {
    if (!entry.is_regular_file()) continue;
    CAPTURE(entry.path());
    CHECK(content_of(entry.path().string()).find(key) == std::string::npos);
  }
  ::unsetenv(variable);
}
