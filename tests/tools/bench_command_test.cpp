// `retort bench`, by the real program against the mock.
#include "tools/bench_command.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <simdjson.h>
#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "tests/support/eventually.hpp"
#include "tests/support/rehearsal.hpp"
#include "tests/support/small_disk.hpp"

using namespace retort;
using namespace retort::test;

namespace {

using words = std::vector<std::string>;

bool says(const std::string& text, std::string_view what) { return text.find(what) != text.npos; }

mock::options talkative() {
  mock::options out;
  out.answer = mock::answer_style::text;
  out.output_tokens = 20;
  return out;
}

words line(const rehearsal& all, const words& flags) {
  words out = {"bench", "--url", all.provider().base_url(), "--model",
               "m",     "--set", "models.0.ca_file=ca.pem"};
  out.insert(out.end(), flags.begin(), flags.end());
  return out;
}

outcome bench(const rehearsal& all, const words& flags) {
  return finish(all.start(line(all, flags)));
}

// VALID, or DEGRADED by a busy machine: either way all was measured.
bool is_measured(int status) { return status == 0 || status == 3; }

std::int64_t number(const simdjson::dom::element& in, std::string_view pointer) {
  return in.at_pointer(pointer).get_int64().value_unsafe();
}

constexpr const char* traced =
    R"({"timestamp": 100, "input_length": 300, "output_length": 7, "hash_ids": [1, 2]})"
    "\n"
    R"({"timestamp": 150, "input_length": 200, "output_length": 9, "hash_ids": [1]})"
    "\n"
    R"({"timestamp": 200.5, "input_length": 100, "output_length": 11})"
    "\n";

// As ShareGPT has them: of three turns, of two, of one.
constexpr const char* talks =
    R"({"conversations":[{"from":"human","value":"a"},{"from":"gpt","value":"its own words"},)"
    R"({"from":"human","value":"b"},{"from":"gpt","value":"its own words"},)"
    R"({"from":"human","value":"c"},{"from":"gpt","value":"its own words"}]})"
    "\n"
    R"({"conversations":[{"from":"human","value":"d"},{"from":"gpt","value":"its own words"},)"
    R"({"from":"human","value":"e"}]})"
    "\n"
    R"({"conversations":[{"from":"human","value":"f"},{"from":"gpt","value":"its own words"}]})"
    "\n";

std::string talk_config(const rehearsal& all, const char* dataset, const char* prompt) {
  return fmt::format(
      "run: talk\ndataset: {{path: {}}}\nprompt: {}\n"
      "models: [{{provider: openai, model: m, base_url: \"{}\", ca_file: ca.pem}}]\n",
      dataset, prompt, all.provider().base_url());
}

}  // namespace

TEST_CASE("one line measures each level, and its tokens are those that the server counted") {
  const rehearsal all(1, talkative());
  const outcome left =
      bench(all, {"--concurrency", "1,4", "--requests", "20", "--warmup", "0", "--cooldown", "0",
                  "--json", "out.json", "--requests-csv", "out.csv"});
  INFO(left.errors);
  CHECK(is_measured(left.status));
  CHECK(says(left.output, "concurrency 1"));
  CHECK(says(left.output, "concurrency 4"));
  CHECK(says(left.output, "too few"));
  simdjson::dom::parser parser;
  simdjson::dom::element json;
  REQUIRE_FALSE(parser.parse(all.content("out.json")).get(json));
  const auto seen = all.seen();
  CHECK(seen.requests == 42);  // two of the probe
  std::int64_t in = 0, out = 0;
  simdjson::dom::array trials;
  REQUIRE_FALSE(json["trials"].get(trials));
  for (const auto trial : trials) {
    CHECK(number(trial, "/requests/succeeded") == 20);
    in += number(trial, "/tokens/input/sum");
    out += number(trial, "/tokens/output/sum");
  }
  const std::string lines = all.content("out.csv");
  CHECK(std::ranges::count(lines, '\n') == 41);
  CHECK(out == 40 * 20);
  CHECK(static_cast<std::uint64_t>(out) + 2 * 20 == seen.completion_tokens);
  CHECK(static_cast<std::uint64_t>(in) < seen.prompt_tokens);
}

TEST_CASE(
    "tokens of an open loop are the server's, too, and prompts have about the length asked for") {
  const rehearsal all(1, talkative());
  const outcome left = bench(all, {"--rate", "500", "--requests", "100", "--warmup", "0",
                                   "--cooldown", "0", "--input-tokens", "300", "--json", "-"});
  INFO(left.errors);
  CHECK(is_measured(left.status));
  simdjson::dom::parser parser;
  simdjson::dom::element json;
  REQUIRE_FALSE(parser.parse(left.output).get(json));
  const auto trial = json["trials"].at(0).value_unsafe();
  CHECK(number(trial, "/tokens/output/sum") == 2000);
  const auto in = number(trial, "/tokens/input/sum");
  CHECK(in > 100 * 280);
  CHECK(in < 100 * 320);
}

TEST_CASE("a config's dataset, prompt and sampling are measured as they would be run") {
  const rehearsal all(30, talkative());
  const outcome left = finish(
      all.start({"bench", "run.yaml", "--concurrency", "2", "--requests", "64", "--json", "-"}));
  INFO(left.errors);
  CHECK(is_measured(left.status));
  CHECK(says(left.output, "\"succeeded\":64"));
  CHECK_FALSE(says(left.output, "\"dns\""));
}

TEST_CASE("what cannot be measured is one line and its status, and no table") {
  struct row {
    words flags;
    int status;
    const char* line;
  };
  const row table[] = {
      {{"--slo", "tftt_p95=1s"}, 2, "\"tftt\" is no metric"},
      {{"--arrivals", "posson", "--rate", "1"}, 2, "did you mean \"poisson\"?"},
      {{"--rate", "1", "--concurrency", "1"}, 2, "expected one of them"},
      {{"--concurrency", "100000000"}, 2, "needs as many connections"},
      {{"--input-tokens", "12,"}, 2, "expected the mean of tokens"},
      {{"--requests", "5", "--duration", "5"}, 2, "--requests excludes --duration"},
      {{"--rate", "nan"}, 2, "\"nan\" is no number from 1e-06 to 1e+07"},
      {{"--max-concurrency", "5"}, 2, "is of an open loop"},
      {{"--loops", "0"}, 2, "\"0\" is no whole number from 1 to 64"},
      {{"--loops", "-2"}, 2, "\"-2\" is no whole number from 1 to 64"},
      {{"--loops", "65"}, 2, "\"65\" is no whole number from 1 to 64"},
      {{"--loops", "two"}, 2, "\"two\" is no whole number from 1 to 64"},
      {{"--json", "none/here.json"}, 2, "none/here.json"},
      {{"--search", "--concurrency", "1,8"}, 2, "expected --slo"},
      {{"--search", "--slo", "e2e_p90=1s", "--rate", "5"}, 2, "from one load to a higher one"},
      {{"--whole", "--slo", "ttft_p95=1s"}, 2, "which --whole does without"},
      {{"--slo", "e2e_p95=1s,e2e_p95=2s"}, 2, "is given twice"},
      {{"--rate", "1,,2"}, 2, "--rate: \"\" is no number from 1e-06 to 1e+07"},
      {{"--concurrency", "1,"}, 2, "--concurrency: \"\" is no whole number"},
      {{"--rate", "2,5,2"}, 2, "2/s poisson is given twice"},
      {{"--warmup", "-1"}, 2, "\"-1\" is no whole number"},
      {{"--cooldown", "-1"}, 2, "\"-1\" is no whole number"},
      {{"--seed", "-1"}, 2, "\"-1\" is no whole number"},
      {{"--burstiness", "2", "--rate", "5"}, 2, "is of --arrivals gamma"},
      {{"--arrivals", "constant"}, 2, "--arrivals is of an open loop (--rate)"},
      {{"--ramp", "1:5"}, 2, "--ramp requires --duration"},
      {{"--ramp", "1:x", "--duration", "1"}, 2, "--ramp \"1:x\": expected two rates"},
      {{"--ramp", "5:5", "--duration", "1"}, 2, "--ramp \"5:5\": expected two rates"},
      {{"--ramp", "1:5", "--duration", "1", "--rate", "5"}, 2, "--rate excludes --ramp"},
      {{"--ramp", "1:5", "--duration", "1", "--search"}, 2, "--search excludes --ramp"},
      {{"--burst", "5x2/10"}, 2, "--burst is of an open loop (--rate)"},
      {{"--burst", "5x10/2", "--rate", "5"}, 2, "--burst \"5x10/2\": expected how many times"},
      {{"--burst", "5x2/10s", "--rate", "5"}, 2, "--burst \"5x2/10s\": expected how many times"},
      {{"--cancel", "10"}, 2, "\"10\" is no share over 0, at most 0.9"},
      {{"--cancel-after", "1"}, 2, "--cancel-after requires --cancel"},
      {{"--cancel", "0.1", "--cancel-after", "2:1"}, 2, "\"2:1\": expected seconds or chunks"},
      {{"--cancel", "0.1", "--cancel-after", "5chunks", "--whole"},
       2,
       "which --whole does without"},
      {{"--shared-prefix", "1.5"}, 2, "\"1.5\" is no share over 0, at most 1"},
      {{"--cache-bust"}, 2, "--cache-bust is of prompts of a CONFIG or a trace"},
      {{"--trace", "none.jsonl"}, 2, "none.jsonl"},
      {{"--trace", "run.yaml"}, 2, "run.yaml:1: is not JSON"},
      {{"--trace", "t.jsonl", "--rate", "5"}, 2, "--rate excludes --trace"},
      {{"--trace-speed", "2"}, 2, "--trace-speed requires --trace"},
      {{"--trace", "t.jsonl", "--trace-speed", "0"}, 2, "--trace-speed: \"0\" is no number"},
      {{"--trace", "t.jsonl"}, 2, "t.jsonl:1: 2 hash_ids of 512 tokens are more than"},
      {{"--trace", "t.jsonl", "--trace-block", "150", "--requests", "9"},
       2,
       "t.jsonl has 3 requests"},
      {{"--trace", "t.jsonl", "--trace-block", "150", "--shared-prefix", "0.5"},
       2,
       "is in its file"},
      {{"--turns", "3", "--ramp", "1:5", "--duration", "1"}, 2, "--ramp excludes --turns"},
      {{"--turns", "1"}, 2, "--turns: \"1\" is no whole number from 2 to 1000, and not record"},
      {{"--turns", "records"}, 2, "--turns: \"records\" is no whole number"},
      {{"--turns", "record"}, 2, "--turns record is of a CONFIG's conversations"},
      {{"--think-time", "1"}, 2, "--think-time is of sessions; expected --turns, or a CONFIG"},
      {{"--turns", "3", "--think-time", "5:1"}, 2, "--think-time \"5:1\": expected seconds"},
      {{"--json", "same", "--requests-csv", "./same"}, 2, "expected two files"},
      {{"--json", "."}, 2, "is no file; expected one, or -"},
      {{"--requests-csv", "."}, 2, "."},
      {{"--report", "."}, 2, "is no file; expected one"},
      {{"--report", "none/here.html"}, 2, "none/here.html"},
      {{"--report", "x", "--json", "./x"}, 2, "expected two files"},
      {{"--requests-csv", "none/here.csv"}, 2, "none/here.csv"},
      {{"--server-metrics", "nonsense"}, 2, "--server-metrics "},
      {{"--reference", "none.json"}, 2, "none.json"},
      {{"--reference", "ca.pem"}, 2, "ca.pem"},
  };
  const rehearsal all(1, talkative());
  all.files().file("t.jsonl", traced);
  for (const row& one : table) {
    CAPTURE(std::string(one.line));
    const outcome left = bench(all, one.flags);
    CHECK(left.status == one.status);
    CHECK(left.output == "");
    CHECK(says(left.errors, one.line));
    CHECK(std::ranges::count(left.errors, '\n') == 1);
  }
  CHECK(all.seen().requests == 0);
}

TEST_CASE("an endpoint that only answers errors is one line, and no table of zeros") {
  for (const auto fault : {&mock::options::error_503, &mock::options::rate_limit,
                           &mock::options::cut_stream, &mock::options::reset_before}) {
    mock::options provider = talkative();
    provider.*fault = 1;
    const rehearsal all(1, provider);
    const outcome left = bench(all, {});
    CHECK(left.status == 1);
    CHECK(left.output == "");
    CHECK(says(left.errors, "the first request failed, and nothing was measured: "));
    CHECK(std::ranges::count(left.errors, '\n') == 1);
  }
}

TEST_CASE("an SLO that no level keeps for certain is a status of its own") {
  const rehearsal all(1, talkative());
  const outcome left = bench(all, {"--requests", "64", "--slo", "e2e_p90=1us"});
  CHECK((left.status == 4 || left.status == 3));
  CHECK(says(left.output, "e2e_p90=1us: no"));
}

TEST_CASE("a search finds the highest load that keeps the SLOs, and says which") {
  const rehearsal all(1, talkative());
  const outcome left = bench(all, {"--concurrency", "1,4", "--search", "--requests", "64", "--slo",
                                   "e2e_p90=1min", "--json", "found.json"});
  INFO(left.errors);
  CHECK(is_measured(left.status));
  CHECK(says(left.output, "concurrency 4 is the highest load that keeps every SLO"));
  CHECK(says(all.content("found.json"),
             "\"load\":{\"kind\":\"closed\",\"concurrency\":4}}],\"trials\""));
  const outcome none =
      bench(all, {"--concurrency", "1,4", "--search", "--requests", "64", "--slo", "e2e_p90=1us"});
  CHECK((none.status == 3 || none.status == 4));
  CHECK(says(none.output, "not even the lowest load keeps every SLO for certain"));
}

TEST_CASE("runs have a mean with its interval") {
  const rehearsal all(1, talkative());
  const outcome left =
      bench(all, {"--concurrency", "2", "--requests", "20", "--runs", "3", "--json", "runs.json"});
  INFO(left.errors);
  CHECK(is_measured(left.status));
  CHECK(says(left.output, "mean of all runs (95 %)"));
  CHECK(says(left.output, "concurrency 2, run 3"));
  CHECK(says(all.content("runs.json"), "\"runs\":3,\"requests_per_s\":{\"mean\":"));
}

TEST_CASE("a signal in the middle shows what was measured, and says so") {
  mock::options slow = talkative();
  slow.latency_ms = 20;
  const rehearsal all(1, slow);
  auto child = all.start(line(all, {"--concurrency", "4", "--duration", "600"}));
  REQUIRE(eventually([&] { return all.seen().answered > 40; }));
  child.signal(SIGINT);
  const outcome left = finish(std::move(child));
  CHECK(left.status == 75);
  CHECK(says(left.output, "DEGRADED: cut short by SIGINT"));
  CHECK(says(left.errors, "retort: cut short by SIGINT"));
}

TEST_CASE("a closed terminal ends it as any signal does") {
  mock::options slow = talkative();
  slow.latency_ms = 20;
  const rehearsal all(1, slow);
  auto child = all.start(line(all, {"--concurrency", "4", "--duration", "600", "--json", "j"}));
  REQUIRE(eventually([&] { return all.seen().answered > 40; }));
  child.signal(SIGHUP);
  const outcome left = finish(std::move(child));
  CHECK(left.status == 75);
  CHECK(says(left.errors, "retort: cut short by SIGHUP"));
  CHECK(says(all.content("j"), "cut short by SIGHUP"));
}

TEST_CASE("standard output is the JSON's alone: what makes no sense there makes no file called -") {
  const rehearsal all(1, talkative());
  for (const std::string flag : {"--requests-csv", "--report"}) {
    const outcome left = bench(all, {"--requests", "20", flag, "-"});
    CHECK(left.status == 2);
    CHECK(left.errors ==
          "retort: " + flag + " -: standard output is for --json alone; expected a file\n");
  }
  CHECK(all.seen().requests == 0);
}

TEST_CASE("a load at which nearly all fails keeps no SLO, and that is no VALID trial") {
  mock::options provider = talkative();
  provider.rate_limit = 0.15;
  const rehearsal all(1, provider);
  const words flags = {"--requests", "200", "--slo", "e2e_p95=1min"};
  outcome left = bench(all, flags);
  for (int again = 0; left.status == 1 && again < 10; ++again)
    left = bench(all, flags);  // the probe
  INFO(left.errors);
  CHECK(left.status == 4);
  CHECK(says(left.output, "e2e_p95=1min: no"));
  CHECK(says(left.output, "of 200 requests failed, over 1 %"));
}

TEST_CASE("a flag that a CONFIG's models have themselves is refused") {
  const rehearsal all(1, talkative());
  for (const words& flag :
       {words{"--timeout", "5"}, {"--provider", "openai"}, {"--api-key-env", "K"}}) {
    words arguments = {"bench", "run.yaml"};
    arguments.insert(arguments.end(), flag.begin(), flag.end());
    const outcome left = finish(all.start(arguments));
    CHECK(left.status == 2);
    CHECK(says(left.errors, flag[0] + " goes with --url; a CONFIG's models have their own"));
  }
}

TEST_CASE("an output that cannot be written is one line and a status of its own") {
  const rehearsal all(1, talkative());
  const outcome left = bench(all, {"--requests", "20", "--requests-csv", "/dev/full"});
  INFO(left.errors);
  CHECK(left.status == 2);
  CHECK(says(left.errors, "retort: /dev/full: "));
  CHECK(left.output == "");
  CHECK(all.seen().requests == 0);
  REQUIRE(::mkfifo(all.path("pipe").c_str(), 0600) == 0);
  const outcome piped = bench(all, {"--requests", "20", "--requests-csv", "pipe"});
  CHECK(piped.status == 2);
  CHECK(piped.errors ==
        "retort: pipe is a pipe, whose reader would hold up the requests; expected a file\n");
  CHECK(all.seen().requests == 0);
}

TEST_CASE("a disk that gets full under the lines of requests is told at once, and ends nothing") {
  const rehearsal all(1, talkative());
  std::filesystem::create_directory(all.path("small"));
  const auto disk = small_disk::mount(all.path("small"), std::size_t{64} << 10);
  if (!disk) {
    MESSAGE("skipped: no permission to mount a file system (not root?)");
    return;
  }
  std::ofstream(all.path("small/filler")) << std::string(std::size_t{48} << 10, 'x');
  const outcome left = bench(all, {"--requests", "200", "--concurrency", "1,2", "--requests-csv",
                                   "small/out.csv", "--json", "out.json"});
  INFO(left.errors);
  CHECK(left.status == 2);
  const auto told = left.errors.find("small/out.csv: ");
  CHECK(told < left.errors.find(": concurrency 2"));
  CHECK(says(left.errors, ": it lacks lines"));
  CHECK(left.errors.rfind("retort: small/out.csv: ") != std::string::npos);
  CHECK(says(left.output, "concurrency 2"));  // what was measured is shown
  CHECK(says(left.output, "note: small/out.csv: "));
  const std::string json = all.content("out.json");
  CHECK(says(json, "\"status\":2,\"reason\":\"small/out.csv: "));
  CHECK(says(json, "\"concurrency\":2"));
  CHECK(all.content("small/out.csv").starts_with("endpoint,model,"));
}

TEST_CASE("the JSON of an earlier benchmark is never taken for this one's") {
  mock::options provider = talkative();
  provider.error_503 = 1;
  const rehearsal all(1, provider);
  for (int times = 0; times < 2; ++times) {
    CHECK(bench(all, {"--json", "old.json"}).status == 1);
    CHECK(says(all.content("old.json"), "\"status\":1,\"reason\":"));
  }
  std::ofstream(all.path("old.json")) << R"({"schema":"retort.bench","version":0})";
  CHECK(bench(all, {"--json", "old.json"}).status == 1);
  CHECK(says(all.content("old.json"), "\"status\":1,\"reason\":"));
}

TEST_CASE("a file that is no benchmark's is refused before anything is sent, and stays") {
  const rehearsal all(1, talkative());
  const std::string config = all.content("run.yaml");
  for (const char* flag : {"--json", "--requests-csv", "--report"}) {
    CAPTURE(flag);
    const outcome left = bench(all, {flag, "run.yaml"});
    CHECK(left.status == 2);
    CHECK(left.errors ==
          "retort: run.yaml: holds something that is not of retort bench, which would be lost; "
          "expected another name\n");
    CHECK(all.content("run.yaml") == config);
  }
  CHECK(all.seen().requests == 0);
  for (int times = 0; times < 2; ++times) {  // its own are made anew
    const outcome left = bench(all, {"--requests", "20", "--json", "out.json", "--requests-csv",
                                     "out.csv", "--report", "out.html"});
    INFO(left.errors);
    CHECK(is_measured(left.status));
    CHECK(all.content("out.html").ends_with("</html>\n"));
  }
}

TEST_CASE("a provider that wants max_tokens is measured by one line") {
  const rehearsal all(1, talkative());
  words arguments = line(all, {"--provider", "anthropic", "--requests", "20"});
  const outcome left = finish(all.start(arguments));
  INFO(left.errors);
  CHECK_FALSE(says(left.errors, "max_tokens"));
  CHECK(left.status != 2);
}

TEST_CASE("an endpoint that does not answer is left out, and the others are measured") {
  const rehearsal all(1, talkative());
  std::string config = all.content("run.yaml");
  const std::string dead =
      "  - {provider: openai, model: dead, base_url: \"http://127.0.0.1:1\"}\n";
  config.insert(config.find("models:\n") + 8, dead);
  std::ofstream(all.path("two.yaml")) << config;
  const outcome left =
      finish(all.start({"bench", "two.yaml", "--requests", "20", "--json", "out.json"}));
  INFO(left.errors);
  CHECK(is_measured(left.status));
  CHECK(says(left.errors, "left out from then on: http://127.0.0.1:1: the first request failed"));
  CHECK(says(left.output, "note: left out from then on: http://127.0.0.1:1"));
  CHECK(says(all.content("out.json"), "\"succeeded\":20"));
}

TEST_CASE("a JSON for which the disk has no room is status 2, and nothing of it stays") {
  const rehearsal all(1, talkative());
  std::filesystem::create_directory(all.path("small"));
  const auto disk = small_disk::mount(all.path("small"), std::size_t{64} << 10);
  if (!disk) {
    MESSAGE("skipped: no permission to mount a file system (not root?)");
    return;
  }
  std::ofstream(all.path("small/filler")) << std::string(std::size_t{128} << 10, 'x');
  const outcome left = bench(all, {"--requests", "20", "--json", "small/out.json"});
  INFO(left.errors);
  CHECK(left.status == 2);
  CHECK(says(left.errors, "retort: "));
  CHECK(says(left.errors, "No space left on device"));
  const std::filesystem::directory_iterator there(all.path("small"));
  CHECK(std::distance(begin(there), end(there)) == 1);
}

TEST_CASE("a ramp with bursts is sent whole, and its JSON says what it was") {
  const rehearsal all(1, talkative());
  const outcome left =
      bench(all, {"--ramp", "50:150", "--duration", "1", "--burst", "2x0.2/0.5", "--arrivals",
                  "constant", "--warmup", "5", "--cooldown", "5", "--json", "-"});
  INFO(left.errors);
  CHECK(is_measured(left.status));
  // (50 + 100 x), twice that from 0.3 to 0.5 and from 0.8 to 1: 100 + 18 + 28.
  CHECK(says(left.output, "\"measured\":146"));
  CHECK(says(left.output, "\"ramp\":{\"to\":150,\"over_s\":1},\"burst\":{\"factor\":2"));
  CHECK_FALSE(says(left.output, "over_saturated"));
  CHECK(all.seen().requests == 2 + 5 + 146 + 5);
}

TEST_CASE("who is given up is told apart, and the server sees them go") {
  mock::options slow = talkative();
  slow.event_ms = 20;
  const rehearsal all(1, slow);
  const outcome left =
      bench(all, {"--concurrency", "8", "--requests", "64", "--cancel", "0.3", "--cancel-after",
                  "1:5chunks", "--json", "out.json", "--requests-csv", "out.csv"});
  INFO(left.errors);
  CHECK(is_measured(left.status));
  simdjson::dom::parser parser;
  simdjson::dom::element json;
  REQUIRE_FALSE(parser.parse(all.content("out.json")).get(json));
  const auto trial = json["trials"].at(0).value_unsafe();
  const auto given_up = number(trial, "/requests/cancelled");
  CHECK(given_up > 5);
  CHECK(number(trial, "/requests/succeeded") + given_up == 64);
  CHECK(number(trial, "/requests/failed") == 0);
  CHECK(number(trial, "/metrics/e2e/count") == 64 - given_up);
  CHECK(number(json, "/workload/cancel/after_chunks/1") == 5);
  CHECK(says(left.output, "failed before they could be; none is in a figure"));
  const std::string lines = all.content("out.csv");
  CHECK(says(lines, ",cancelled,,"));
}

TEST_CASE("a config's prompts with a mark each, and made-up ones that share their beginning") {
  const rehearsal all(3, talkative());
  const outcome marked =
      finish(all.start({"bench", "run.yaml", "--cache-bust", "--requests", "20", "--json", "-"}));
  INFO(marked.errors);
  CHECK(is_measured(marked.status));
  CHECK(says(marked.output, "\"workload\":{\"cache_bust\":true}"));
  CHECK(says(marked.output, "\"succeeded\":20"));
  const outcome shared = bench(all, {"--shared-prefix", "0.8", "--requests", "20", "--json", "-"});
  CHECK(is_measured(shared.status));
  CHECK(says(shared.output, "\"workload\":{\"shared_prefix\":0.8}"));
  const outcome own = finish(all.start({"bench", "run.yaml", "--shared-prefix", "0.5"}));
  CHECK(own.status == 2);
  CHECK(says(own.errors, "--shared-prefix is of made-up prompts"));
}

TEST_CASE("a trace is replayed whole: its times, the lengths of its prompts and answers") {
  const rehearsal all(1, talkative());
  all.files().file("t.jsonl", traced);
  const outcome left = bench(all, {"--trace", "t.jsonl", "--trace-block", "150", "--trace-speed",
                                   "1,2", "--json", "out.json", "--requests-csv", "out.csv"});
  INFO(left.errors);
  CHECK(is_measured(left.status));
  CHECK(says(left.output, "trace x2"));
  simdjson::dom::parser parser;
  simdjson::dom::element json;
  REQUIRE_FALSE(parser.parse(all.content("out.json")).get(json));
  CHECK(number(json, "/workload/trace/requests") == 3);
  CHECK(number(json, "/workload/trace/block_tokens") == 150);
  simdjson::dom::array trials;
  REQUIRE_FALSE(json["trials"].get(trials));
  REQUIRE(trials.size() == 2);
  for (const auto trial : trials) {
    CHECK(number(trial, "/requests/succeeded") == 3);
    CHECK(number(trial, "/tokens/output/sum") == 7 + 9 + 11);
    const auto in = number(trial, "/tokens/input/sum");
    CHECK(in > 600 * 0.93);
    CHECK(in < 600 * 1.07);
  }
  CHECK(all.seen().requests == 2 + 2 * 3);
}

TEST_CASE("each turn of a session is asked behind what was said before") {
  const rehearsal all(1, talkative());
  const outcome left = bench(all, {"--concurrency", "4", "--turns", "3", "--think-time", "0:0.01",
                                   "--input-tokens", "100", "--json", "out.json"});
  INFO(left.errors);
  CHECK(is_measured(left.status));
  CHECK(says(left.output, "input tokens"));
  simdjson::dom::parser parser;
  simdjson::dom::element json;
  REQUIRE_FALSE(parser.parse(all.content("out.json")).get(json));
  const auto trial = json["trials"].at(0).value_unsafe();
  CHECK(number(trial, "/requests/succeeded") == 10 * 4 * 3);
  simdjson::dom::array turns;
  REQUIRE_FALSE(trial["turns"].get(turns));
  REQUIRE(turns.size() == 3);
  std::int64_t answers = 0;
  double before = 0;
  for (const auto turn : turns) {
    const auto count = number(turn, "/e2e/count");
    const double mean = double(number(turn, "/input_tokens/sum")) / double(count);
    CHECK(count > 30);
    CHECK(mean > before + 90);  // the prompt, and behind the first an answer
    answers += count;
    before = mean;
  }
  CHECK(answers == 120);
}

TEST_CASE("a record's conversation is a session, without the words of its own model") {
  const rehearsal all(1, talkative());
  all.files().file("talks.jsonl", talks);
  all.files().file("talk.yaml", talk_config(all, "talks.jsonl", "{messages_field: conversations}"));
  const outcome left =
      finish(all.start({"bench", "talk.yaml", "--turns", "record", "--requests", "60", "--warmup",
                        "0", "--json", "out.json", "--requests-csv", "out.csv"}));
  INFO(left.errors);
  CHECK(is_measured(left.status));
  simdjson::dom::parser parser;
  simdjson::dom::element json;
  REQUIRE_FALSE(parser.parse(all.content("out.json")).get(json));
  CHECK(number(json, "/workload/record_turns/records") == 3);
  CHECK(number(json, "/workload/record_turns/most") == 3);
  const auto trial = json["trials"].at(0).value_unsafe();
  simdjson::dom::array turns;
  REQUIRE_FALSE(trial["turns"].get(turns));
  CHECK(turns.size() == 3);
  CHECK(number(trial, "/turns/0/e2e/count") == 30);
  CHECK(number(trial, "/turns/1/e2e/count") == 20);
  CHECK(number(trial, "/turns/2/e2e/count") == 10);
  CHECK(says(all.content("out.csv"), ",3,,"));
}

// The second's arithmetic is about the first's answer, so that only who has that is right.
constexpr const char* two_steps =
    "steps=[{name: first, prompt: {user: '{{question}}'}, evaluate: [], samples: {n: 3}}, "
    "{name: again, prompt: {user: 'What is {{steps.first.json.answer}} + 0?'}}]";

TEST_CASE("a record's steps are a session: the prompt of each has the answers before it") {
  const rehearsal all(12);
  const outcome left = finish(all.start({"bench", "run.yaml", "--set", two_steps, "--concurrency",
                                         "1", "--requests", "60", "--warmup", "0", "--cooldown",
                                         "0", "--json", "out.json", "--requests-csv", "out.csv"}));
  INFO(left.errors);
  CHECK(is_measured(left.status));
  CHECK(says(left.output, "\n  first "));
  CHECK(says(left.output, "\n  again "));
  simdjson::dom::parser parser;
  simdjson::dom::element json;
  REQUIRE_FALSE(parser.parse(all.content("out.json")).get(json));
  CHECK(number(json, "/workload/record_turns/records") == 12);
  const auto trial = json["trials"].at(0).value_unsafe();
  CHECK(number(trial, "/turns/0/e2e/count") == 30);
  CHECK(number(trial, "/turns/1/e2e/count") == 30);
  CHECK(number(trial, "/accuracy/right") == 30);
  CHECK(number(trial, "/accuracy/wrong") == 0);
  CHECK(all.seen().requests == 61);  // one of the probe
  const std::string lines = all.content("out.csv");
  CHECK(says(lines, ",turn,step,from_s,until_s,trial\n"));
  CHECK(says(lines, ",1,first,"));
  CHECK(says(lines, ",2,again,"));
}

TEST_CASE("answers that no next step can use are told, and steps that were never asked") {
  mock::options provider;
  provider.answer = mock::answer_style::text;
  const rehearsal all(12, provider);
  const outcome left = finish(all.start(
      {"bench", "run.yaml", "--set", two_steps, "--requests", "20", "--json", "out.json"}));
  CHECK(left.status == 3);
  const char* const line =
      "20 of 20 answers could not be used by the next turn, over 1 %: step "
      "again: prompt: ";
  CHECK(says(left.output, line));
  CHECK(says(left.errors, line));
  CHECK(says(all.content("out.json"), "\"unusable\":{\"count\":20,"));
}

TEST_CASE("sessions come at a rate, too, and so do the steps of a config") {
  const rehearsal all(12);
  for (const words& what : {words{"--turns", "3", "--input-tokens", "20"},
                            words{"--set", two_steps, "--think-time", "0:0.01"}}) {
    words arguments = {"bench", "run.yaml", "--rate", "100",    "--requests",
                       "60",    "--warmup", "0",      "--json", "out.json"};
    arguments.insert(arguments.end(), what.begin(), what.end());
    const outcome left = finish(all.start(arguments));
    INFO(left.errors);
    CHECK(is_measured(left.status));
    simdjson::dom::parser parser;
    simdjson::dom::element json;
    REQUIRE_FALSE(parser.parse(all.content("out.json")).get(json));
    const auto trial = json["trials"].at(0).value_unsafe();
    CHECK(number(trial, "/requests/succeeded") == 60);
    const auto firsts = number(trial, "/turns/0/e2e/count");
    CHECK(firsts < 60);
    CHECK(number(trial, "/metrics/e2e_from_schedule/count") == firsts);
  }
}

TEST_CASE("what does not go with a config's steps is one line, and nothing is sent") {
  struct row {
    words flags;
    const char* line;
  };
  const row table[] = {
      {{"--ramp", "1:5", "--duration", "2"},
       "steps are asked behind each other's answers, which no ramp or trace tells"},
      {{"--turns", "3"}, "--turns: the steps of this config are the turns of its sessions"},
      {{"--turns", "record"}, "--turns: the steps of this config are the turns of its sessions"},
      {{"--find-limits", "--spend", "9req"}, "steps: --find-limits asks single questions"},
      {{"--set", "steps.1.prompt.user={{nothing}}"},
       "questions.jsonl:1: prompt: the record has no"},
  };
  const rehearsal all(2, talkative());
  for (const row& one : table) {
    CAPTURE(std::string(one.line));
    words arguments = {"bench", "run.yaml", "--set", two_steps};
    arguments.insert(arguments.end(), one.flags.begin(), one.flags.end());
    const outcome left = finish(all.start(arguments));
    CHECK(left.status == 2);
    CHECK(left.output == "");
    CHECK(says(left.errors, one.line));
    CHECK(std::ranges::count(left.errors, '\n') == 1);
  }
  CHECK(all.seen().requests == 0);
  const outcome free = finish(all.start({"bench", "run.yaml", "--set", two_steps, "--rate", "200",
                                         "--input-tokens", "20", "--requests", "20"}));
  INFO(free.errors);
  CHECK(is_measured(free.status));
}

TEST_CASE("conversations that there are none of are one line, and nothing is sent") {
  struct row {
    const char* dataset;
    const char* prompt;
    const char* line;
  };
  const row table[] = {
      {"talks.jsonl", "{user: hello}", "prompt.messages_field is not set; expected the field"},
      {"singles.jsonl", "{messages_field: conversations}",
       "--turns record: none of 2 records has a conversation with more than one message"},
      {"tools.jsonl", "{messages_field: conversations}",
       "tools.jsonl:1: the conversation has a tool's answer"},
  };
  const rehearsal all(1, talkative());
  all.files().file("talks.jsonl", talks);
  const std::string single = R"({"conversations":[{"from":"human","value":"a"}]})"
                             "\n";
  all.files().file("singles.jsonl", single + single);
  all.files().file("tools.jsonl",
                   R"({"conversations":[{"from":"human","value":"a"},{"from":"function_call",)"
                   R"("value":"{\"name\":\"f\"}"},{"from":"observation","value":"7"}]})"
                   "\n");
  for (const row& one : table) {
    CAPTURE(std::string(one.line));
    all.files().file("talk.yaml", talk_config(all, one.dataset, one.prompt));
    const outcome left = finish(all.start({"bench", "talk.yaml", "--turns", "record"}));
    CHECK(left.status == 2);
    CHECK(left.output == "");
    CHECK(says(left.errors, one.line));
    CHECK(std::ranges::count(left.errors, '\n') == 1);
  }
  CHECK(all.seen().requests == 0);
}

TEST_CASE("answers of a config's dataset are evaluated beside their times") {
  mock::options provider = talkative();
  provider.answer = mock::answer_style::json;
  provider.wrong = 0.3;
  const rehearsal all(30, provider);
  const outcome left =
      finish(all.start({"bench", "run.yaml", "--concurrency", "2", "--requests", "60", "--warmup",
                        "0", "--cooldown", "0", "--json", "out.json"}));
  INFO(left.errors);
  CHECK(is_measured(left.status));
  CHECK(says(left.output, "  accuracy: "));
  simdjson::dom::parser parser;
  simdjson::dom::element json;
  REQUIRE_FALSE(parser.parse(all.content("out.json")).get(json));
  const auto of = json.at_pointer("/trials/0/accuracy").value_unsafe();
  const auto wrong = number(of, "/wrong");
  CHECK(wrong > 0);
  CHECK(number(of, "/right") > 20);  // about 42
  CHECK(number(of, "/right") + wrong == 60);
  CHECK(number(of, "/unscored") == 0);
  CHECK(number(of, "/accepted") == number(of, "/right"));
}

TEST_CASE(
    "the command that scores a benchmark's answers sees no key of the config, not a judge's "
    "either") {
  const rehearsal all(2, talkative());
  std::ofstream(all.path("score.sh"))
      << "env > seen.env\nwhile read line; do echo '{\"score\": 1}'; done\n";
  const std::string evaluators =
      "evaluate=[{command: {run: [sh, score.sh]}}, {judge: {model: {provider: openai, model: m, "
      "base_url: 'http://127.0.0.1:9/v1', api_key_env: JUDGE_KEY}, prompt: '{{completion}}', "
      "scale: [0, 10]}, threshold: 0.5}]";
  start_options with;
  with.environment = {{"JUDGE_KEY", "sesame"}, {"SHOWN", "yes"}};
  const outcome left =
      finish(all.start({"bench", "run.yaml", "--requests", "4", "--warmup", "0", "--cooldown", "0",
                        "--concurrency", "1", "--set", evaluators},
                       with));
  INFO(left.errors);
  CHECK(is_measured(left.status));
  CHECK(says(all.content("seen.env"), "SHOWN=yes"));
  CHECK_FALSE(says(all.content("seen.env"), "sesame"));
}

TEST_CASE("an audit asks one prompt again and again, and a reference run's lengths are held") {
  const rehearsal all(1, talkative());
  const words flags = {"--concurrency", "2", "--requests", "20", "--json"};
  words first = flags;
  first.insert(first.end(), {"first.json", "--audit"});
  const outcome audited = bench(all, first);
  INFO(audited.errors);
  CHECK(is_measured(audited.status));
  CHECK(says(audited.output, "audit of repeats "));
  CHECK(says(all.content("first.json"), "\"audits\":[{\"endpoint\":"));
  words same = flags;
  same.insert(same.end(), {"same.json", "--reference", "first.json"});
  const outcome alike = bench(all, same);
  CHECK(is_measured(alike.status));
  CHECK_FALSE(says(alike.output, "% apart"));
  words longer = same;
  longer[5] = "other.json";
  longer.insert(longer.end(), {"--output-tokens", "8"});
  const outcome apart = bench(all, longer);
  CHECK(apart.status == 3);
  CHECK(says(apart.output, "answers have 8 tokens on average, those of first.json 20: over 10 %"));
}
