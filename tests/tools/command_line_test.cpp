// The command line as people and scripts use it: flags, --set, --json, help.
#include <doctest/doctest.h>
#include <fmt/format.h>
#include <simdjson.h>

#include <chrono>
#include <sstream>

#include "engine/config/config_keys.hpp"
#include "tests/support/questions.hpp"
#include "tests/support/rehearsal.hpp"
#include "tools/mock/faults/options.hpp"

using namespace retort;
using namespace retort::test;

namespace {

using flags = std::vector<std::string>;

constexpr std::size_t records = 20;
constexpr char accepted[] = "run/finetuning_data.jsonl";

mock::options often_wrong() {
  mock::options chosen;
  chosen.wrong = 0.4;
  return chosen;
}

outcome run_to_end(const rehearsal& of, const flags& with) {
  outcome left = of.run(with);
  INFO(left.errors);
  CHECK(left.status == 0);
  return left;
}

// A run of the same questions on a mock provider inside `retort`, with these options.
outcome run_embedded(const rehearsal& of, std::string_view mock) {
  of.files().file("embedded.yaml", fmt::format(R"(run: embedded
run_dir: run
dataset: {{path: questions.jsonl, id: id}}
prompt: {{user: "{{{{question}}}}"}}
reference: {{template: "{{{{answer}}}}"}}
models:
  - {{provider: mock, concurrency: 8, mock: {{{}}}}}
evaluate: [{{json_field: {{path: answer}}}}]
retry: {{attempts: 30}}
)",
                                               mock));
  return finish(of.start({"run", "embedded.yaml", "--plain"}));
}

// What `retort WORDS...` prints when all is well.
std::string answer_to(const flags& words) {
  const rehearsal nothing(0);
  const outcome left = finish(nothing.start(words));
  CHECK(left.status == 0);
  CHECK(left.errors == "");
  return left.output;
}

bool mentions(const std::string& text, std::string_view what) {
  return text.find(what) != std::string::npos;
}

// The flag of a mock option: "rate_limit" is --rate-limit.
std::string flag_of(std::string name) {
  for (char& c : name) c = c == '_' ? '-' : c;
  return "--" + name;
}

// The names of the members of an object in text, in order.
std::vector<std::string> names_in(const std::string& json) {
  CAPTURE(json);
  simdjson::dom::parser parser;
  simdjson::dom::object object;
  REQUIRE(parser.parse(json).get(object) == simdjson::SUCCESS);
  std::vector<std::string> names;
  for (const auto& [name, value] : object) names.emplace_back(name);
  return names;
}

const std::vector<std::string> progress_members = {
    "event",          "total",         "done",         "resumed",     "accepted",
    "rejected",       "failed",        "skipped_rows", "requests",    "retries",
    "input_tokens",   "output_tokens", "in_flight",    "backing_off", "elapsed_s",
    "requests_per_s", "tokens_per_s",  "bound_by",     "stopping"};
const std::vector<std::string> summary_members = {"event",
                                                  "status",
                                                  "reason",
                                                  "generated",
                                                  "accepted",
                                                  "rejected",
                                                  "unknown_finish",
                                                  "failed",
                                                  "skipped_rows",
                                                  "resumed",
                                                  "requests",
                                                  "retries",
                                                  "input_tokens",
                                                  "output_tokens",
                                                  "connections",
                                                  "tls_resumed",
                                                  "stale_retries",
                                                  "elapsed_s",
                                                  "bound_by",
                                                  "input_estimate_error",
                                                  "output_estimate_error",
                                                  "output",
                                                  "rejected_output",
                                                  "run_dir"};

}  // namespace

TEST_CASE("--only-correct in all its forms") {
  const rehearsal run(records, often_wrong());
  const std::size_t right = records - count_wrong(records, often_wrong());
  const auto kept = [&](const flags& with) {
    run_to_end(run, with);
    return run.sorted_lines(accepted).size();
  };
  CHECK(kept({}) == right);  // since there is an evaluator
  CHECK(kept({"--only-correct"}) == right);
  CHECK(kept({"--only-correct", "true"}) == right);
  CHECK(kept({"--only-correct=true"}) == right);
  CHECK(kept({"--only-correct", "false"}) == records);
  CHECK(kept({"--only-correct=false"}) == records);
  CHECK(kept({"--no-only-correct"}) == records);
  CHECK(kept({"--only-correct", "--plain"}) == right);
}

TEST_CASE("the flag may stand before the config and after it") {
  const rehearsal run(2);
  CHECK(finish(run.start({"run", "--only-correct", "run.yaml"})).status == 0);
  CHECK(finish(run.start({"run", "--only-correct", "false", "run.yaml"})).status == 0);
  CHECK(finish(run.start({"run", "--limit", "1", "run.yaml", "--plain"})).status == 0);
}

TEST_CASE("--min-length and --max-length count the completion's code points, bounds included") {
  const rehearsal run(records);  // 3 to 22: 7 answers of one digit, the others of two
  const std::size_t one_digit = std::string("{\"answer\": \"3\"}").size();
  const auto kept = [&](const flags& with) {
    run_to_end(run, with);
    return run.sorted_lines(accepted).size();
  };
  CHECK(kept({"--min-length", std::to_string(one_digit)}) == records);
  CHECK(kept({"--min-length", std::to_string(one_digit + 1)}) == records - 7);
  CHECK(kept({"--max-length", std::to_string(one_digit)}) == 7);
  CHECK(kept({"--max-length", std::to_string(one_digit - 1)}) == 0);
  CHECK(run.seen().requests == records);
}

TEST_CASE("--output and --format say where the training file goes, and as what") {
  const rehearsal run(3);
  const outcome csv = run_to_end(run, {"--output", "data.csv", "--format", "csv"});
  CHECK(mentions(csv.output, "3 exported to data.csv\n"));
  CHECK(run.content("data.csv").starts_with("prompt,completion,metadata\r\n\"What is "));
  CHECK(mentions(run.content("data.csv"), "\r\n\"What is 0 + 3?\","));
  run_to_end(run, {"--format", "prompt_completion", "--output", "data.jsonl"});
  CHECK(run.sorted_lines("data.jsonl").size() == 3);
  CHECK(run.sorted_lines("data.rejected.jsonl").empty());
  CHECK(run.sorted_lines("data.jsonl")[0] ==
        "{\"prompt\":\"What is 0 + 3?\",\"completion\":\"{\\\"answer\\\": \\\"3\\\"}\","
        "\"metadata\":{\"sample_id\":\"q0\",\"model\":\"fake\",\"temperature\":null,"
        "\"prompt_length\":14,\"completion_length\":15}}");
}

TEST_CASE("--set reaches every key, and the last one counts") {
  const rehearsal run(3);
  run_to_end(run, {"--set", "sampling.temperature=0.7", "--set", "prompt.system=\"Be quick.\"",
                   "--set", "models.0.model=other", "--set", "output.rejected=false", "--set",
                   "dataset.limit=1", "--set", "dataset.limit=2", "--set", "run_dir=there/it/is"});
  const std::vector<std::string> lines = run.sorted_lines("there/it/is/finetuning_data.jsonl");
  REQUIRE(lines.size() == 2);
  CHECK(mentions(lines[0], "\"model\":\"other\",\"temperature\":0.7,"));
  CHECK(mentions(run.content("there/it/is/ledger.jsonl"),
                 "{\"role\":\"system\",\"content\":\"Be quick.\"}"));
}

TEST_CASE("--json prints a JSON object a line: progress, and the summary last") {
  mock::options slow = often_wrong();
  slow.latency_ms = 300;  // so that progress is shown on the way
  const rehearsal run(32, slow);
  const outcome left = run_to_end(run, {"--json"});
  CHECK(left.errors == "");
  std::istringstream lines(left.output);
  std::vector<std::vector<std::string>> seen;
  std::string last;
  for (std::string line; std::getline(lines, line); last = line) seen.push_back(names_in(line));
  REQUIRE(seen.size() >= 2);
  CHECK(seen[seen.size() - 1] == summary_members);
  CHECK(seen[seen.size() - 2] == progress_members);

  const std::size_t wrong = count_wrong(32, slow);
  CHECK(mentions(last, fmt::format("\"status\":0,\"reason\":\"\",\"generated\":32,\"accepted\":{},",
                                   32 - wrong)));
  CHECK(mentions(last, fmt::format("\"incorrect\":{},", wrong)));
  CHECK(mentions(last, "\"failed\":0,\"skipped_rows\":0,\"resumed\":0,\"requests\":32,"));
  CHECK(mentions(last, "\"output\":\"run/finetuning_data.jsonl\","));
}

TEST_CASE("the embedded mock keeps the quotas that the config gives it") {
  const rehearsal run(records);
  const auto begin = std::chrono::steady_clock::now();
  const outcome left = run_embedded(
      run, "rpm: 600, burst_s: 1, tpm: 1000000, capacity: 3, latency_ms: 1, output_tokens: 30");
  INFO(left.errors);
  CHECK(left.status == 0);
  CHECK(run.sorted_lines(accepted).size() == records);
  // Half of the records were saved up, the others came at ten a second.
  CHECK(std::chrono::steady_clock::now() - begin >= std::chrono::milliseconds(900));
}

TEST_CASE("a quota that cannot be is refused in one line, and nothing is sent") {
  const rehearsal run(1);
  const outcome zero = run_embedded(run, "rpm: 0");
  CHECK(zero.status == 2);
  CHECK(mentions(zero.errors, "models[0].mock: rpm: \"0\" is not a number above 0\n"));
  const outcome alone = run_embedded(run, "output_sigma: 0.5");
  CHECK(alone.status == 2);
  CHECK(mentions(alone.errors,
                 "models[0].mock: output_sigma spreads output_tokens, which are not given\n"));
}

TEST_CASE("without --json, standard output is the summary, and what there is to look at") {
  const rehearsal run(5);
  const outcome left = run_to_end(run, {});
  CHECK(left.output.starts_with("5 generated: 5 accepted, 0 rejected, 0 failed\n"));
  CHECK(mentions(left.output, "\n5 exported to run/finetuning_data.jsonl\n"));
  CHECK(mentions(left.output, "\n0 rejected to run/finetuning_data.rejected.jsonl\n"));
  CHECK(mentions(left.output, "\nready for fine-tuning\n"));
  CHECK(mentions(left.output, "\nrun/finetuning_data.jsonl:\n{\"prompt\":\"What is "));
}

TEST_CASE(
    "nothing that a dataset or a model says steers the terminal or looks like a line of ours") {
  const rehearsal run(0);
  run.files().file(
      "hostile.jsonl",
      R"({"id":"\u001b[2J\nFAKE: 99 accepted","q":"a","a":"x\u001b[31m\u009b1m\nFAKE\u202e"})"
      "\n");
  run.files().file("hostile.yaml", R"(run_dir: run
dataset: {path: hostile.jsonl, id: id}
prompt: {user: "{{q}}"}
models: [{provider: mock, mock: {replay: hostile.jsonl, match: q, reply: a}}]
max_failed: 9
)");
  for (const flags& how :
       {flags{"--format", "csv"}, flags{"--fresh"},
        flags{"--fresh", "--set", "models.0.mock.invalid_json=1", "--set", "retry.attempts=1"}}) {
    flags words{"run", "hostile.yaml", "--plain"};
    words.insert(words.end(), how.begin(), how.end());
    const outcome left = finish(run.start(words));
    CHECK(left.status == 0);
    const std::string said = '\n' + left.output + left.errors;
    CAPTURE(said);
    for (const char* bad : {"\x1b", "\u009b", "\u202e", "\nFAKE"}) CHECK_FALSE(mentions(said, bad));
  }
}

TEST_CASE("help tells of every command, flag, key and option") {
  const std::string top = answer_to({"--help"});
  for (const char* command : {"run", "check", "mock"})
    CHECK(mentions(top, std::string("\n  ") + command));

  const std::string run = answer_to({"run", "--help"});
  for (const char* flag : {"--output", "--format", "--only-correct", "--no-only-correct",
                           "--min-length", "--max-length", "--limit", "--set", "--fresh", "--json",
                           "--plain", "--help-config", "Exit status: 0 ", "75 "}) {
    CAPTURE(flag);
    CHECK(mentions(run, flag));
  }

  const std::string check = answer_to({"check", "--help"});
  for (const char* flag : {"--pilot", "--set", "--limit"}) CHECK(mentions(check, flag));

  const std::string keys = answer_to({"run", "--help-config"});
  for (const engine::config_key& key : engine::config_keys()) {
    if (key.kind == engine::value_kind::refused || !key.is_listed) continue;
    CAPTURE(key.path);
    CHECK(mentions(keys, key.path));
  }

  const std::string mock = answer_to({"mock", "--help"});
  for (const mock::option_spec& option : mock::option_table()) {
    CAPTURE(option.name);
    CHECK(mentions(mock, flag_of(std::string(option.name))));
  }
}

TEST_CASE("the version") { CHECK(answer_to({"--version"}) == "retort 0.1.0\n"); }
