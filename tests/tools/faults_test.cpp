// Whatever a provider does to a run, alone or mixed, at up to 30 %: nothing is lost, nothing is
// doubled, the counts are exact.
#include <doctest/doctest.h>
#include <fmt/format.h>
#include <re2/re2.h>

#include "tests/support/answering_peer.hpp"
#include "tests/support/ledger_samples.hpp"
#include "tests/support/questions.hpp"
#include "tests/support/rehearsal.hpp"
#include "tests/support/scripted_peer.hpp"

using namespace retort;
using namespace retort::test;

namespace {

constexpr std::size_t records = 60;

using spoil = void (*)(mock::options&);

struct trouble {
  const char* name;
  spoil cause;
};

constexpr trouble troubles[] = {
    {"none", [](mock::options&) {}},
    {"rate_limit", [](mock::options& m) { m.rate_limit = 0.3; }},
    {"error_500", [](mock::options& m) { m.error_500 = 0.3; }},
    {"error_503", [](mock::options& m) { m.error_503 = 0.3; }},
    {"reset_before", [](mock::options& m) { m.reset_before = 0.3; }},
    {"reset_middle", [](mock::options& m) { m.reset_middle = 0.3; }},
    {"truncated", [](mock::options& m) { m.truncated = 0.3; }},
    {"stall", [](mock::options& m) { m.stall = 0.3; }},
    {"invalid_json", [](mock::options& m) { m.invalid_json = 0.3; }},
    {"connection_close", [](mock::options& m) { m.connection_close = 0.3; }},
    {"blank_lines", [](mock::options& m) { m.blank_lines = 0.3; }},
    {"reset in chunks, gzipped",
     [](mock::options& m) {
       m.reset_middle = m.invalid_json = 0.15;
       m.chunked = 1;
       m.gzip = true;
     }},
    {"all",
     [](mock::options& m) {
       m.rate_limit = m.error_500 = m.error_503 = m.reset_before = m.reset_middle = 0.03;
       m.truncated = m.stall = m.invalid_json = m.connection_close = m.blank_lines = 0.03;
       m.chunked = 0.5;
     }},
};

mock::options provider_with(spoil cause, std::uint64_t seed) {
  mock::options chosen;
  chosen.seed = seed;
  chosen.wrong = 0.2;
  chosen.latency_ms = 2;
  chosen.retry_after_s = 0.05;
  cause(chosen);
  return chosen;
}

struct counts {
  std::size_t accepted = 0, rejected = 0, failed = 0;
  bool operator==(const counts&) const = default;
};

// By the ledger.
counts count(const std::string& ledger) {
  counts seen;
  for (const auto& [key, sample] : finished_samples(ledger)) {
    seen.accepted += sample.verdict() == engine::verdict::accepted;
    seen.rejected += sample.verdict() == engine::verdict::rejected;
    seen.failed += sample.verdict() == engine::verdict::failed;
  }
  return seen;
}

// By the summary.
bool says(const std::string& output, const counts& expected) {
  const std::string line =
      fmt::format("(?m)^{} generated: {} accepted, {} rejected( +\\(incorrect {}\\))?, {} failed$",
                  expected.accepted + expected.rejected, expected.accepted, expected.rejected,
                  expected.rejected, expected.failed);
  return RE2::PartialMatch(output, line);
}

// What one run under one kind of trouble must have come to.
void check_whole(const rehearsal& of, const outcome& left, const mock::options& provider) {
  const std::size_t wrong = count_wrong(records, provider);
  const counts expected{records - wrong, wrong, 0};
  INFO(left.output << left.errors);
  CHECK(left.status == 0);
  CHECK(says(left.output, expected));
  CHECK(count(of.path("run/ledger.jsonl")) == expected);
  CHECK(of.sorted_lines("run/finetuning_data.jsonl").size() == expected.accepted);
  CHECK(of.sorted_lines("run/finetuning_data.rejected.jsonl").size() == expected.rejected);
}

}  // namespace

// All at once: their time goes by waiting before the next attempt.
TEST_CASE("every fault alone, and all of them mixed, cost attempts but no record") {
  struct rehearsed {
    const char* name;
    mock::options provider;
    std::unique_ptr<rehearsal> run;
    child_process child;
  };
  std::vector<rehearsed> all;
  for (const trouble& one : troubles) {
    const mock::options provider = provider_with(one.cause, 7);
    auto run = std::make_unique<rehearsal>(records, provider);
    // A stall costs the timeout; an answer that comes after it would be paid for again.
    const char* timeout = provider.stall > 0 ? "models.0.timeout_s=4" : "models.0.timeout_s=600";
    child_process child = run->start_run({"--set", timeout});
    all.push_back({one.name, provider, std::move(run), std::move(child)});
  }
  for (rehearsed& one : all) {
    CAPTURE(one.name);
    check_whole(*one.run, finish(std::move(one.child)), one.provider);
    const mock::counters seen = one.run->seen();
    CHECK(seen.answered == records);
    CHECK(seen.repeats == 0);
  }
}

TEST_CASE("what has failed in a single attempt is counted, and tried again by the next run") {
  const auto half_broken = [](mock::options& m) {
    m.rate_limit = m.error_500 = m.error_503 = m.reset_middle = m.invalid_json = 0.06;
  };
  const mock::options broken = provider_with(half_broken, 3);
  rehearsal run(records, broken);
  const outcome first = run.run({"--set", "retry.attempts=1"});
  const std::size_t answered = run.seen().answered;
  const std::size_t failed = records - answered;
  REQUIRE(failed > 0);
  CHECK(first.status == 1);
  CHECK(RE2::PartialMatch(first.output,
                          fmt::format("(?m)^{} generated: .*, {} failed$", answered, failed)));
  CHECK(RE2::PartialMatch(first.output, fmt::format("(?m)^{} samples failed", failed)));
  CHECK(finished_samples(run.path("run/ledger.jsonl")).size() == answered);
  CHECK(read_ledger(run.path("run/ledger.jsonl")).samples.size() == records);

  const mock::options healthy = provider_with([](mock::options&) {}, 3);
  run.replace_provider(healthy);
  check_whole(run, run.run(), healthy);
  CHECK(run.seen().requests == failed);
}

TEST_CASE("max_failed is how many may fail") {
  const mock::options broken = provider_with([](mock::options& m) { m.error_500 = 0.3; }, 3);
  const rehearsal run(records, broken);
  const outcome first = run.run({"--set", "retry.attempts=1", "--set", "max_failed=60"});
  CHECK(first.status == 0);
  CHECK(run.seen().answered < records);
}

TEST_CASE("a provider that wants hours of patience ends the run, which can be resumed") {
  rehearsal run(records, provider_with(
                             [](mock::options& m) {
                               m.rate_limit = 1;
                               m.retry_after_s = 86400;
                             },
                             3));
  const outcome first = run.run();
  CAPTURE(first.errors);
  CHECK(first.status == 75);
  CHECK(RE2::PartialMatch(first.errors,
                          "(?m)^stopping: openai fake: quota_exhausted \\(HTTP 429\\)"));
  CHECK(count(run.path("run/ledger.jsonl")) == counts{});

  const mock::options healthy = provider_with([](mock::options&) {}, 3);
  run.replace_provider(healthy);
  check_whole(run, run.run(), healthy);
}

TEST_CASE("a server that answers unasked is told of in one line") {
  const std::string answer = completion_answer("{}");
  scripted_peer peer({.tls = false});
  peer.plays_always(dialogue().hears().says(answer + answer).ignores_the_rest());
  const rehearsal run(20);
  const auto url = fmt::format("models.0.base_url=http://127.0.0.1:{}/v1", peer.port());
  const outcome left = run.run({"--set", url});
  INFO(left.output << left.errors);
  CHECK(left.status == 0);
  CHECK(finished_samples(run.path("run/ledger.jsonl")).size() == 20);
  const std::string line = fmt::format(
      "\nfake: 127.0.0.1:{} sends bytes that no request asked for: its connections are used for "
      "one request each from here on, see the guarantees in the README\n",
      peer.port());
  const std::string said = "\n" + left.errors;
  CHECK(said.find(line) != std::string::npos);
  CHECK(said.find(line) == said.rfind(line));
}
