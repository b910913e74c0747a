// `retort bench --compare`, by the real program.
#include "tools/bench_compare.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <fstream>

#include "tests/support/rehearsal.hpp"

using namespace retort;
using namespace retort::test;

namespace {

using words = std::vector<std::string>;

bool says(const std::string& text, std::string_view what) { return text.find(what) != text.npos; }

outcome compare(const rehearsal& all, words flags) {
  flags.insert(flags.begin(), {"bench", "--compare"});
  return finish(all.start(std::move(flags)));
}

void measure(const rehearsal& all, const char* file, const char* concurrency) {
  const outcome left =
      finish(all.start({"bench", "--url", all.provider().base_url(), "--model", "m", "--set",
                        "models.0.ca_file=ca.pem", "--requests", "64", "--concurrency", concurrency,
                        "--output-tokens", "20", "--json", file}));
  INFO(left.errors);
  REQUIRE((left.status == 0 || left.status == 3));
}

}  // namespace

TEST_CASE(
    "two benchmarks are compared, with intervals of their requests, and a limit is a status") {
  mock::options slow;
  slow.answer = mock::answer_style::text;
  slow.output_tokens = 20;
  slow.latency_ms = 20;
  rehearsal all(1, slow);
  measure(all, "a.json", "1,4");
  slow.latency_ms = 60;
  all.replace_provider(slow);
  measure(all, "b.json", "1,8");

  const outcome plain = compare(all, {"a.json", "b.json", "--json", "c.json"});
  INFO(plain.errors);
  CHECK(plain.status == 0);
  CHECK(says(plain.output, "concurrency 1"));
  CHECK(says(plain.output, "e2e_p50 ms"));
  CHECK(says(plain.output, "intervals are of the requests"));
  CHECK(says(plain.output, "note: concurrency 4 is in a.json alone"));
  CHECK(says(plain.output, "note: concurrency 8 is in b.json alone"));
  CHECK(all.content("c.json").starts_with(tools::contrast_json_begin));
  CHECK(says(all.content("c.json"), "\"interval\":\"requests\""));

  const outcome worse = compare(all, {"a.json", "b.json", "--fail-if", "e2e_p50=+50%"});
  CHECK(worse.status == 4);
  CHECK(says(worse.output, "e2e_p50=+50%: exceeded"));
  CHECK(worse.errors == "retort: a stated limit is exceeded\n");
  const outcome lost = compare(all, {"a.json", "b.json", "--fail-if", "e2e_p50=+9000%"});
  CHECK(lost.status == 4);
  CHECK(lost.errors == "retort: concurrency 4 has not been measured in b.json\n");
  const outcome same = compare(all, {"a.json", "a.json", "--fail-if", "e2e_p50=+1%,failed=+0%"});
  INFO(same.errors);
  CHECK(same.status == 0);
  CHECK(says(same.output, "e2e_p50=+1%: kept"));

  const outcome other = compare(all, {"a.json", "b.json", "--json", "run.yaml"});
  CHECK(other.status == 2);
  CHECK(says(other.errors, "holds something that is not of retort bench"));
}

TEST_CASE("a replay is held against the same speed of it, by the JSON and by the CSV") {
  mock::options text;
  text.answer = mock::answer_style::text;
  rehearsal all(1, text);
  std::string trace;
  for (int i = 0; i < 24; ++i) {
    trace += "{\"timestamp\": " + std::to_string(i * 20) +
             ", \"input_length\": 20, \"output_length\": 5}\n";
  }
  std::ofstream(all.path("trace.jsonl")) << trace;
  const auto replay = [&](const char* speeds, const std::string& name) {
    const outcome left =
        finish(all.start({"bench", "--url", all.provider().base_url(), "--model", "m", "--set",
                          "models.0.ca_file=ca.pem", "--trace", "trace.jsonl", "--trace-speed",
                          speeds, "--json", name + ".json", "--requests-csv", name + ".csv"}));
    INFO(left.errors);
    REQUIRE((left.status == 0 || left.status == 3));
  };
  replay("1,2", "a");
  replay("4", "b");
  for (const auto& [one, other] :
       {std::pair("a.json", "a.json"), std::pair("a.csv", "a.csv"), std::pair("a.json", "a.csv")}) {
    const outcome same =
        compare(all, {one, other, "--fail-if", "requests_per_s=-1%,e2e_mean=+1%,failed=+1%"});
    INFO(same.output << same.errors);
    CHECK(same.status == 0);
    CHECK(says(same.output, "trace x1"));
    CHECK(says(same.output, "trace x2"));
  }
  const outcome unlike = compare(all, {"a.json", "b.csv"});
  CHECK(unlike.status == 2);
  CHECK(says(unlike.errors, "they share no load (trace x1; trace x2 and trace x4)"));
}

TEST_CASE("what cannot be compared is one line and status 2") {
  const rehearsal all(1);
  std::ofstream(all.path("a.json"))
      << R"({"request_throughput": 1, "max_concurrency": 1, "request_rate": "inf"})";
  std::ofstream(all.path("b.json"))
      << R"({"request_throughput": 1, "max_concurrency": 2, "request_rate": "inf"})";
  struct row {
    words flags;
    const char* line;
  };
  const row table[] = {
      {{"a.json", "b.json"},
       "are unlike runs: they share no load (concurrency 1 and concurrency 2)"},
      {{"a.json", "none"}, "none: No such file or directory"},
      {{"a.json", "run.yaml"}, "run.yaml: is no JSON"},
      {{"a.json"}, "--compare"},
      {{"a.json", "a.json", "--fail-if", "ttft=5"}, "--fail-if \"ttft=5\""},
      {{"a.json", "a.json", "--concurrency", "4"}, "excludes"},
      {{"a.json", "a.json", "--url", "http://x"}, "excludes"},
  };
  for (const row& one : table) {
    CAPTURE(std::string(one.line));
    const outcome left = compare(all, one.flags);
    CAPTURE(left.errors);
    CHECK(left.status == 2);
    CHECK(left.output == "");
    CHECK(says(left.errors, one.line));
    CHECK(std::ranges::count(left.errors, '\n') == 1);
  }
  const outcome idle =
      finish(all.start({"bench", "--url", "http://x", "--fail-if", "e2e_p50=+1%"}));
  CHECK(idle.status == 2);
  CHECK(says(idle.errors, "--fail-if requires --compare"));
}
