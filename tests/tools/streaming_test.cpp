// stream: true end to end, in every dialect: whatever becomes of streams, nothing is lost, nothing
// is doubled, and the ledger has the times of the tokens.
#include <doctest/doctest.h>
#include <fmt/format.h>
#include <re2/re2.h>

#include "tests/support/ledger_samples.hpp"
#include "tests/support/questions.hpp"
#include "tests/support/rehearsal.hpp"

using namespace retort;
using namespace retort::test;

namespace {

constexpr std::size_t records = 30;
constexpr char ledger[] = "run/ledger.jsonl";
constexpr const char* dialects[] = {"openai", "openai-responses", "anthropic", "gemini",
                                    "azure",  "azure-classic"};

using spoil = void (*)(mock::options&);

struct trouble {
  const char* name;
  spoil cause;
};

// Each alone: in the four dialects whose events differ. The others share theirs.
constexpr trouble troubles[] = {
    {"cut_stream", [](mock::options& m) { m.cut_stream = 0.3; }},
    {"error_in_stream", [](mock::options& m) { m.error_in_stream = 0.3; }},
    {"reset_middle", [](mock::options& m) { m.reset_middle = 0.3; }},
    {"truncated", [](mock::options& m) { m.truncated = 0.3; }},
    {"stall", [](mock::options& m) { m.stall = 0.3; }},
    {"invalid_json", [](mock::options& m) { m.invalid_json = 0.3; }},
    {"blank_lines", [](mock::options& m) { m.blank_lines = 0.3; }},
};
constexpr trouble calm = {"none", [](mock::options&) {}};
constexpr trouble mixed = {"all", [](mock::options& m) {
                             m.rate_limit = m.error_503 = m.reset_before = m.reset_middle = 0.05;
                             m.cut_stream = m.error_in_stream = m.truncated = 0.05;
                             m.invalid_json = m.blank_lines = m.connection_close = 0.05;
                           }};

mock::options provider_with(spoil cause) {
  mock::options chosen;
  chosen.seed = 11;
  chosen.wrong = 0.2;
  chosen.retry_after_s = 0.05;
  cause(chosen);
  return chosen;
}

struct rehearsed {
  std::string name;
  mock::options by;
  std::unique_ptr<rehearsal> run;
  child_process child;
};

rehearsed begin(const std::string& dialect, const trouble& one, bool stream = true) {
  const mock::options by = provider_with(one.cause);
  auto run = std::make_unique<rehearsal>(records, by);
  // A stall costs the timeout; an answer that comes after it would be paid for again.
  const char* timeout = by.stall > 0 ? "models.0.timeout_s=3" : "models.0.timeout_s=600";
  child_process child = run->start_run({"--set", "models.0.provider=" + dialect, "--set",
                                        fmt::format("models.0.stream={}", stream), "--set", timeout,
                                        "--set", "sampling.max_tokens=50"});
  return {fmt::format("{}: {}", dialect, one.name), by, std::move(run), std::move(child)};
}

void check_times(const engine::sample& one) {
  CHECK(one.first_byte_us > 0);
  CHECK(one.first_byte_us <= one.first_token_us);
  CHECK(one.first_token_us <= one.last_token_us);
  CHECK(one.last_token_us <= one.latency_us);
}

void check_whole(rehearsed& one) {
  CAPTURE(one.name);
  const outcome left = finish(std::move(one.child));
  INFO(left.output << left.errors);
  const std::size_t wrong = count_wrong(records, one.by);
  CHECK(left.status == 0);
  CHECK(RE2::PartialMatch(
      left.output, fmt::format("(?m)^{} generated: {} accepted, {} rejected.*, 0 failed$", records,
                               records - wrong, wrong)));
  CHECK(one.run->sorted_lines("run/finetuning_data.jsonl").size() == records - wrong);
  CHECK(one.run->sorted_lines("run/finetuning_data.rejected.jsonl").size() == wrong);
  const auto finished = finished_samples(one.run->path(ledger));
  CHECK(finished.size() == records);
  CHECK(read_ledger(one.run->path(ledger)).samples.size() == records);
  for (const auto& [key, sample] : finished) check_times(sample);
  const mock::counters seen = one.run->seen();
  CHECK(seen.streamed == records);
  CHECK(seen.answered == records);
  CHECK(seen.repeats == 0);
}

// What the answers hold besides their times, over all samples.
struct content {
  std::int64_t input = 0, output = 0, reasoning = 0;
  std::vector<std::string> texts, finishes, models;
  bool operator==(const content&) const = default;
};

content content_of_run(const rehearsal& of) {
  content sum;
  for (const auto& [key, sample] : finished_samples(of.path(ledger))) {
    const auto& got = sample.completion;
    sum.input += got.usage.input;
    sum.output += got.usage.output;
    sum.reasoning += got.usage.reasoning;
    sum.texts.push_back(got.text);
    sum.finishes.push_back(got.finish_reason);
    sum.models.push_back(got.model);
  }
  return sum;
}

}  // namespace

// All at once: their time goes by waiting before the next attempt.
TEST_CASE("in every dialect, whatever becomes of streams costs attempts but no record") {
  std::vector<rehearsed> all;
  for (const char* dialect : dialects) all.push_back(begin(dialect, mixed));
  for (const char* dialect : {"openai", "openai-responses", "anthropic", "gemini"}) {
    for (const trouble& one : troubles) all.push_back(begin(dialect, one));
  }
  for (rehearsed& one : all) check_whole(one);
}

TEST_CASE("a streamed answer is the whole one in pieces, usage included") {
  for (const char* dialect : dialects) {
    CAPTURE(dialect);
    rehearsed streamed = begin(dialect, calm), whole = begin(dialect, calm, false);
    check_whole(streamed);
    CHECK(finish(std::move(whole.child)).status == 0);
    const content expected = content_of_run(*whole.run);
    CHECK(expected.input > 0);
    CHECK(expected.output > 0);
    CHECK(content_of_run(*streamed.run) == expected);
    CHECK(whole.run->seen().streamed == 0);
    CHECK(whole.run->content(ledger).find("first_token_us") == std::string::npos);
  }
}

TEST_CASE("the times of the first token and of the last are those of their arrival") {
  mock::options paced;
  paced.events = 5;
  paced.event_ms = 40;
  for (const char* dialect : {"openai", "openai-responses", "anthropic", "gemini"}) {
    CAPTURE(dialect);
    const rehearsal run(8, paced);
    const outcome left = run.run({"--set", std::string("models.0.provider=") + dialect, "--set",
                                  "models.0.stream=true", "--set", "sampling.max_tokens=50"});
    INFO(left.errors);
    CHECK(left.status == 0);
    for (const auto& [key, sample] : finished_samples(run.path(ledger))) {
      check_times(sample);
      // Four pauses of the server's; a busy machine may deliver some of them together.
      CHECK(sample.last_token_us - sample.first_token_us > 80'000);
    }
  }
}
