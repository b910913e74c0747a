// Keys that vary: each combination of their values is asked of each record once, also when the run
// is killed on the way, and by batch; other values are other answers.
#include <doctest/doctest.h>
#include <fmt/format.h>
#include <signal.h>

#include <map>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "tests/support/eventually.hpp"
#include "tests/support/ledger_samples.hpp"
#include "tests/support/questions.hpp"
#include "tests/support/rehearsal.hpp"

using namespace retort;
using namespace retort::test;

namespace {

using flags = std::vector<std::string>;
constexpr char ledger[] = "run/ledger.jsonl";

constexpr char users[] = "vary.prompt.user=[\"{{question}}\", \"Think first. {{question}}\"]";

flags varied(const std::string& temperatures = "[0.3, 1]") {
  return {"--set", "vary.sampling.temperature=" + temperatures, "--set", users};
}

// The prompt that a variant has: the first key by name is the slower one.
std::string prompt_of(std::uint32_t variant, std::size_t n) {
  return (variant < 2 ? "" : "Think first. ") + question(n);
}

// Each record has one sample of each of the four variants, each to its own prompt.
void check_samples(const rehearsal& of, std::size_t records) {
  std::map<std::uint64_t, std::set<std::uint32_t>> seen;
  std::size_t lines = 0;
  for (const engine::sample& one : read_ledger(of.path(ledger)).samples) {
    ++lines;
    seen[one.key.ordinal].insert(one.key.variant);
    REQUIRE(one.messages.size() == 1);
    CHECK(one.messages[0].content == prompt_of(one.key.variant, one.key.ordinal));
  }
  CHECK(lines == 4 * records);
  for (std::size_t n = 0; n < records; ++n) {
    CHECK(seen[n] == std::set<std::uint32_t>{0, 1, 2, 3});
  }
}

}  // namespace

TEST_CASE("each combination is asked of each record once, killed again and again") {
  constexpr std::size_t records = 100, kills = 6;
  mock::options chosen;
  chosen.latency_ms = 5;
  const rehearsal all(records, chosen);
  std::mt19937 random(3);
  for (std::size_t i = 0; i < kills; ++i) {
    const std::uint64_t before = all.seen().requests;
    child_process one = all.start_run(varied());
    const std::uint64_t more = 1 + random() % 40;
    REQUIRE(eventually([&] { return all.seen().requests >= before + more || !one.is_running(); }));
    one.signal(SIGKILL);
    one.wait();
  }
  const outcome left = all.run(varied());
  INFO(left.output << left.errors);
  CHECK(left.status == 0);
  check_samples(all, records);
  std::map<std::string, std::size_t> named;
  for (const std::string& line : all.sorted_lines("run/finetuning_data.jsonl")) {
    const auto at = line.find("\"variant\":");
    REQUIRE(at != line.npos);
    ++named[line.substr(at, line.find(",\"prompt_length", at) - at)];
  }
  CHECK(named.size() == 4);
  for (const auto& [values, count] : named) CHECK(count == records);
}

TEST_CASE("a resume under other values is refused, with the key") {
  const rehearsal all(3);
  CHECK(all.run(varied()).status == 0);
  const std::uint64_t asked = all.seen().requests;
  for (const std::string other : {"[1, 0.3]", "[0.3]", "[0.3, 1, 0.5]"}) {
    CAPTURE(other);
    const outcome left = all.run(varied(other));
    INFO(left.errors);
    CHECK(left.status == 2);
    CHECK(left.errors.find(" holds answers to another config: vary.sampling.temperature.") !=
          left.errors.npos);
  }
  CHECK(all.run().status == 2);
  CHECK(all.run(varied("[0.30, 1.0]")).status == 0);  // the same, in other words
  CHECK(all.seen().requests == asked);
}

TEST_CASE("combinations go by batch, each to its own") {
  constexpr std::size_t records = 20;
  mock::options chosen;
  chosen.batch_s = 0.1;
  const rehearsal all(records, chosen);
  flags by_batch = varied();
  by_batch.insert(by_batch.end(), {"--set", "models.0.mode=batch"});
  const outcome left = all.run(by_batch);
  INFO(left.output << left.errors);
  CHECK(left.status == 0);
  check_samples(all, records);
  CHECK(all.seen().batch_answers == 4 * records);
}
