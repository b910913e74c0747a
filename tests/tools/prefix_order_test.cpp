// dataset.order: prefix, end to end: whose prompts begin alike are asked one after the other, and
// nothing else is otherwise than in the file's order.
#include <doctest/doctest.h>
#include <fmt/format.h>
#include <signal.h>

#include <filesystem>
#include <map>
#include <random>

#include "tests/support/eventually.hpp"
#include "tests/support/ledger_samples.hpp"
#include "tests/support/questions.hpp"
#include "tests/support/rehearsal.hpp"

using namespace retort;
using namespace retort::test;

namespace {

using flags = std::vector<std::string>;
constexpr char ledger[] = "run/ledger.jsonl";
constexpr std::size_t records = 300, tales = 20;

std::size_t tale_of(std::size_t n) { return n * 7 % tales; }

std::string prompt_of(std::size_t n) {
  return fmt::format("{}{}", std::string(1'000, static_cast<char>('a' + tale_of(n))), question(n));
}

// Questions about tales, no two in a row about the same one.
class told : public rehearsal {
 public:
  explicit told(const mock::options& provider = {}) : rehearsal(0, provider) {
    std::string rows;
    for (std::size_t n = 0; n < records; ++n) {
      rows += fmt::format(R"({{"id": "q{}", "question": "{}", "answer": "{}"}})"
                          "\n",
                          n, prompt_of(n), right_answer(n));
    }
    files().file("questions.jsonl", rows);
  }

  // Whose tale the samples are about, as the ledger has them.
  std::vector<std::size_t> tales_in_turn(const std::string& in = ledger) const {
    std::vector<std::size_t> out;
    for (const auto& one : read_ledger(path(in)).samples) {
      out.push_back(tale_of(one.key.ordinal));
    }
    return out;
  }
  std::map<std::uint64_t, std::string> prompts() const {
    std::map<std::uint64_t, std::string> out;
    for (const auto& [of, one] : finished_samples(path(ledger))) {
      out[of.first] = one.id + one.messages.at(0).content + one.completion.text;
    }
    return out;
  }
};

std::size_t changes_in(const std::vector<std::size_t>& of) {
  std::size_t changes = 0;
  for (std::size_t i = 1; i < of.size(); ++i) changes += of[i] != of[i - 1];
  return changes;
}

// One at a time, so that the ledger has them as they were asked.
const flags by_file = {"--set", "models.0.concurrency=1"};
const flags by_prefix = {"--set", "models.0.concurrency=1", "--set", "dataset.order=prefix"};

void check_done(const outcome& left) {
  INFO(left.output << left.errors);
  CHECK(left.status == 0);
}

}  // namespace

TEST_CASE("prompts that begin alike are asked one after the other, and are the same samples") {
  const told here;
  check_done(here.run(by_file));
  const auto in_file_order = here.prompts();
  CHECK(changes_in(here.tales_in_turn()) == records - 1);
  CHECK(in_file_order.size() == records);

  std::filesystem::remove_all(here.path("run"));
  check_done(here.run(by_prefix));
  CHECK(changes_in(here.tales_in_turn()) == tales - 1);
  CHECK(here.prompts() == in_file_order);

  const auto requests = here.seen().requests;
  check_done(here.run(by_file));  // the order is no part of what an answer is
  CHECK(here.seen().requests == requests);
}

TEST_CASE("an output in the dataset's order is so whatever the order of asking") {
  const told here;
  check_done(here.run({"--set", "output.order=dataset"}));
  const std::string lines = here.content("run/finetuning_data.jsonl");
  CHECK(lines.size() > records * 1'000);
  std::filesystem::remove_all(here.path("run"));
  check_done(here.run({"--set", "output.order=dataset", "--set", "dataset.order=prefix"}));
  CHECK(here.content("run/finetuning_data.jsonl") == lines);
}

TEST_CASE("killed again and again, with the one order and the other, it asks nothing twice") {
  mock::options chosen;
  chosen.latency_ms = 40;
  const told here(chosen);
  std::mt19937 random(3);
  for (std::size_t i = 0; i < 10; ++i) {
    const std::uint64_t before = here.seen().requests;
    const std::string order = i % 3 == 2 ? "file" : "prefix";
    child_process one = here.start_run({"--set", "dataset.order=" + order});
    const std::uint64_t more = 1 + random() % 20;
    REQUIRE(eventually([&] { return here.seen().requests >= before + more || !one.is_running(); }));
    one.signal(SIGKILL);
    one.wait();
  }
  const auto kept = finished_samples(here.path(ledger));
  CHECK(kept.size() > 0);
  CHECK(kept.size() < records);
  REQUIRE(eventually([&] { return here.seen().open_connections == 0; }));
  const auto requests = here.seen().requests;
  check_done(here.run({"--set", "dataset.order=prefix"}));
  CHECK(here.seen().requests == requests + records - kept.size());
  const auto done = finished_samples(here.path(ledger));  // throws where one is there twice
  CHECK(done.size() == records);
  for (const auto& [of, one] : kept) CHECK(done.at(of).finished_at_ms == one.finished_at_ms);
}

TEST_CASE("shards order their own records, and have all of them together") {
  const told here;
  for (const std::string shard : {"0", "1"}) {
    check_done(here.run({"--set", "models.0.concurrency=2", "--set", "dataset.order=prefix",
                         "--shard", shard + "/2"}));  // one at a time
    const auto own = here.tales_in_turn("run/shards/000" + shard + "-of-0002/ledger.jsonl");
    CHECK(own.size() > records / 3);
    CHECK(changes_in(own) == tales - 1);
  }
  CHECK(here.seen().requests == records);
  CHECK(finish(here.start({"merge", "run"})).status == 0);
  CHECK(finished_samples(here.path(ledger)).size() == records);
}

TEST_CASE("a bad row is named before anything is asked, or skipped, and the rest is done") {
  const told here;
  here.files().file("questions.jsonl", here.content("questions.jsonl") + "{\"id\": \"bad\"}\n");
  const outcome refused = here.run(by_prefix);
  CHECK(refused.status == 2);
  CHECK(refused.errors.find("questions.jsonl:301: ") != std::string::npos);
  CHECK(here.seen().requests == 0);
  flags skipping = by_prefix;
  skipping.insert(skipping.end(), {"--set", "dataset.on_error=skip"});
  check_done(here.run(skipping));
  CHECK(here.seen().requests == records);
}
