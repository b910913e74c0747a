// mode: batch end to end: whatever becomes of a batch, and of the process that sent it, each sample
// is paid for once.
#include <doctest/doctest.h>
#include <fmt/format.h>
#include <re2/re2.h>
#include <signal.h>
#include <stdlib.h>

#include <filesystem>
#include <random>
#include <thread>

#include "tests/support/eventually.hpp"
#include "tests/support/ledger_samples.hpp"
#include "tests/support/questions.hpp"
#include "tests/support/rehearsal.hpp"

using namespace retort;
using namespace retort::test;
namespace fs = std::filesystem;

namespace {

constexpr std::size_t records = 60;
constexpr char ledger[] = "run/ledger.jsonl";
constexpr char accepted[] = "run/finetuning_data.jsonl";
constexpr char rejected[] = "run/finetuning_data.rejected.jsonl";
constexpr double forever = 86400;

mock::options provider(double batch_s = 0.2) {
  mock::options chosen;
  chosen.wrong = 0.2;
  chosen.batch_s = batch_s;
  return chosen;
}

std::vector<std::string> in_batches(const std::string& name,
                                    const std::vector<std::string>& more = {}) {
  std::vector<std::string> flags;
  for (const std::string& one : {std::string("models.0.mode=batch"), "models.0.provider=" + name,
                                 std::string("sampling.max_tokens=50")}) {
    flags.insert(flags.end(), {"--set", one});
  }
  for (const std::string& one : more) flags.insert(flags.end(), {"--set", one});
  return flags;
}

bool says(const std::string& text, const std::string& pattern) {
  return RE2::PartialMatch(text, "(?m)" + pattern);
}

bool is_nothing_away(const rehearsal& of) {
  return !fs::exists(of.path("run/batches")) || fs::is_empty(of.path("run/batches"));
}

void check_whole(const rehearsal& of, const outcome& left, const mock::options& by = provider(),
                 std::size_t total = records) {
  const std::size_t wrong = count_wrong(total, by);
  INFO(left.output << left.errors);
  CHECK(left.status == 0);
  CHECK(says(left.output, fmt::format("^{} generated: {} accepted, {} rejected.*, 0 failed$", total,
                                      total - wrong, wrong)));
  CHECK(finished_samples(of.path(ledger)).size() == total);
  CHECK(read_ledger(of.path(ledger)).samples.size() == total);
  CHECK(of.sorted_lines(accepted).size() == total - wrong);
  CHECK(of.sorted_lines(rejected).size() == wrong);
  CHECK(of.seen().batch_answers == total);
  CHECK(of.seen().batch_doubled == 0);
  CHECK(is_nothing_away(of));
}

// A run that has just created its first batch.
child_process begin(const rehearsal& of, const std::vector<std::string>& flags) {
  child_process child = of.start_run(flags);
  REQUIRE(eventually([&] { return says(child.errors(), "under way$") || !child.is_running(); }));
  INFO(child.errors());
  REQUIRE(child.is_running());
  return child;
}

}  // namespace

// All at once: their time goes by waiting for batches.
TEST_CASE("whatever becomes of batches and of their lines, every sample is answered once") {
  using spoil = void (*)(mock::options&);
  struct trouble {
    const char* name;
    spoil cause;
    bool is_sent_once;
  };
  constexpr trouble troubles[] = {
      {"none", [](mock::options&) {}, true},
      {"expired", [](mock::options& m) { m.batch_expired = 0.3; }, false},
      {"errored", [](mock::options& m) { m.batch_errored = 0.3; }, false},
      // The first batch, not the second.
      {"refused",
       [](mock::options& m) {
         m.batch_failed = 0.5;
         m.seed = 2;
       },
       true},
  };
  struct rehearsed {
    std::string name;
    bool is_sent_once;
    mock::options by;
    std::unique_ptr<rehearsal> run;
    child_process child;
  };
  std::vector<rehearsed> all;
  for (const char* dialect : {"openai", "openai-responses", "anthropic"}) {
    for (const trouble& one : troubles) {
      mock::options by = provider();
      one.cause(by);
      auto run = std::make_unique<rehearsal>(records, by);
      child_process child = run->start_run(in_batches(dialect));
      all.push_back({fmt::format("{}: {}", dialect, one.name), one.is_sent_once, by, std::move(run),
                     std::move(child)});
    }
  }
  for (rehearsed& one : all) {
    CAPTURE(one.name);
    const outcome left = finish(std::move(one.child));
    check_whole(*one.run, left, one.by);
    const mock::counters seen = one.run->seen();
    std::size_t attempts = 0;
    for (const auto& sample : read_ledger(one.run->path(ledger)).samples) {
      attempts += sample.attempts;
    }
    // Only what got no answer is sent again.
    CHECK(seen.batch_lines == attempts);
    CHECK((seen.batch_lines == records) == one.is_sent_once);
    const bool is_refused = one.by.batch_failed > 0;
    CHECK(says(left.errors, "trying again") == is_refused);
    CHECK(seen.requests == 0);  // nothing went online
  }
}

TEST_CASE("what has failed in its last attempt is counted, and tried again by the next run") {
  mock::options broken = provider();
  broken.batch_errored = 0.5;
  broken.seed = 5;
  rehearsal run(records, broken);
  const auto flags = in_batches("openai", {"retry.attempts=1"});
  const outcome first = run.run(flags);
  INFO(first.output << first.errors);
  const std::size_t answered = run.seen().batch_answers;
  REQUIRE(answered < records);
  CHECK(first.status == 1);
  CHECK(says(first.output,
             fmt::format("^{} generated: .*, {} failed$", answered, records - answered)));
  CHECK(finished_samples(run.path(ledger)).size() == answered);
  CHECK(read_ledger(run.path(ledger)).samples.size() == records);
  CHECK(run.seen().batches == 1);
  CHECK(is_nothing_away(run));

  run.replace_provider(provider());
  CHECK(run.run(flags).status == 0);
  CHECK(run.seen().batch_lines == records - answered);
  CHECK(finished_samples(run.path(ledger)).size() == records);
}

TEST_CASE("a signal does not wait for a batch, and the next run fetches the same one") {
  for (const char* dialect : {"openai", "anthropic"}) {
    CAPTURE(dialect);
    const rehearsal slow(records, provider(forever)), run(records, provider(0.5));
    child_process waits = begin(slow, in_batches(dialect));
    child_process child = begin(run, in_batches(dialect));
    for (child_process* one : {&waits, &child}) {
      one->signal(SIGTERM);
      const outcome left = finish(std::move(*one));
      INFO(left.output << left.errors);
      CHECK(left.status == 75);
      CHECK(says(left.output, "^stopped early: SIGTERM$"));
    }
    CHECK(read_ledger(run.path(ledger)).samples.empty());
    CHECK_FALSE(is_nothing_away(run));
    check_whole(run, run.run(in_batches(dialect)));
    CHECK(run.seen().batches == 1);
    CHECK(run.seen().files == (dialect == std::string("openai") ? 1 : 0));

    // What is away belongs to mode: batch.
    const outcome online = slow.run(in_batches(dialect, {"models.0.mode=online"}));
    CHECK(online.status == 2);
    CHECK(says(online.errors,
               "^retort: run/batches has a batch under way of models\\[0\\], which is not mode: "
               "batch any more: set it back to fetch its answers$"));
    CHECK(slow.seen().requests == 0);
    // --fresh leaves it behind, with the rest of the old run.
    child_process fresh = slow.start_run([&] {
      auto flags = in_batches(dialect);
      flags.push_back("--fresh");
      return flags;
    }());
    REQUIRE(eventually([&] { return slow.seen().batches == 2 || !fresh.is_running(); }));
    CHECK(slow.seen().batches == 2);
    CHECK_FALSE(fs::is_empty(slow.path("run.1/batches")));
  }
}

TEST_CASE("a run in batches that is killed at any moment ends as one that nobody disturbed") {
  struct victim {
    std::string dialect;
    std::unique_ptr<rehearsal> run;
    bool is_over = false;
  };
  constexpr int kills = 25;
  const std::uint64_t seed = std::random_device()();
  MESSAGE(fmt::format("seed {}", seed));
  std::mt19937_64 random(seed);
  mock::options losing = provider(0.1);  // more batches
  losing.batch_expired = 0.6;
  std::vector<victim> all;
  for (const char* dialect : {"openai", "anthropic"}) {
    all.push_back({dialect, std::make_unique<rehearsal>(2 * records, losing)});
  }
  const auto flags_of = [](const victim& of) {
    return in_batches(of.dialect, {"retry.attempts=100", "grace_s=0"});
  };
  std::size_t died = 0;
  for (int i = 0; i < kills; ++i) {
    std::vector<child_process> lives;
    for (const victim& one : all) lives.push_back(one.run->start_run(flags_of(one)));
    for (child_process& life : lives) {
      // The moment is random, nothing is decided by it.
      std::this_thread::sleep_for(std::chrono::milliseconds(20 + random() % 290));
      life.signal(SIGKILL);
      const int status = life.wait();
      INFO(life.errors());
      CHECK((status == 0 || status == 128 + SIGKILL));
      died += status != 0;
    }
  }
  CHECK(died > kills / 2);
  const rehearsal calm(2 * records, provider());
  REQUIRE(calm.run(in_batches("openai", {"models.0.mode=online"})).status == 0);
  for (const victim& one : all) {
    CAPTURE(one.dialect);
    const outcome last = one.run->run(flags_of(one));
    check_whole(*one.run, last, losing, 2 * records);
    for (const char* view : {accepted, rejected}) {
      CHECK(one.run->sorted_lines(view) == calm.sorted_lines(view));
    }
  }
}

TEST_CASE("a wrong key ends the run with one line, and nothing is lost") {
  ::setenv("BATCH_TEST_KEY", "sk-right-0123456789", 1);
  for (const char* dialect : {"openai", "anthropic"}) {
    CAPTURE(dialect);
    mock::options locked = provider();
    locked.api_key_env = "BATCH_TEST_KEY";
    const rehearsal run(records, locked);
    const auto flags = in_batches(dialect, {"models.0.api_key_env=OWN_KEY"});
    start_options wrong, right;
    wrong.environment = {{"OWN_KEY", "sk-wrong-0123456789"}};
    right.environment = {{"OWN_KEY", "sk-right-0123456789"}};
    for (int again = 0; again < 2; ++again) {
      const outcome left = run.run(flags, wrong);
      INFO(left.output << left.errors);
      CHECK(left.status == 2);
      CHECK(says(left.errors,
                 fmt::format("^stopping: {} fake, mode batch: authentication: .*$", dialect)));
      CHECK(left.errors.find("sk-wrong") == std::string::npos);
      CHECK(left.output.find("sk-wrong") == std::string::npos);
    }
    CHECK(run.seen().batches == 0);
    check_whole(run, run.run(flags, right));
    CHECK(run.seen().batches == 1);
  }
}

TEST_CASE("a certificate that nobody vouches for ends the run, with nothing sent") {
  const rehearsal run(3, provider());
  const rehearsal other(0);
  run.files().file("ca.pem", other.content("ca.pem"));
  const outcome left = run.run(in_batches("openai"));
  INFO(left.output << left.errors);
  CHECK(left.status == 2);
  CHECK(says(left.errors, "^stopping: .*certificate"));
  CHECK(run.seen().files == 0);
}

TEST_CASE("a server that was never there ends the run, resumably") {
  rehearsal run(3, provider());
  const auto flags = in_batches("openai", {"retry.attempts=2", "models.0.startup_s=0.5"});
  const std::string config = run.content("run.yaml");
  run.provider().stop();
  const outcome left = run.run(flags);
  INFO(left.output << left.errors);
  CHECK(left.status == 75);
  CHECK(says(left.errors, "^stopping: openai fake, mode batch: network: "));
  run.replace_provider(provider());
  check_whole(run, run.run(flags), provider(), 3);
}

TEST_CASE("what mode: batch does not go with is refused before anything is sent") {
  const rehearsal run(3, provider());
  struct {
    std::vector<std::string> more;
    const char* pattern;
  } const table[] = {
      {{"models.0.mode=bacth"}, R"(models\.0\.mode.*batch)"},
      {{"models.0.provider=vllm"},
       R"(models\.0\.mode is batch, which provider vllm does not have here; those that do: mock, )"
       R"(openai, openai-responses, anthropic)"},
      {{"models.0.stream=true"}, R"(models\.0\.stream does not go with mode: batch)"},
      {{"models.0.limits={rpm: 100}"}, R"(models\.0\.limits has quotas, which do not count)"},
      {{"models=[{provider: openai, model: m, mode: batch, endpoints: [{base_url: "
        "\"http://a\"}]}]"},
       R"(models.*endpoints does not go with mode: batch)"},
      {{"models=[{provider: openai, model: m, mode: batch, endpoints: {srv: "
        "_http._tcp.a.example}}]"},
       R"(models.*endpoints does not go with mode: batch)"},
  };
  for (const auto& [more, pattern] : table) {
    CAPTURE(pattern);
    const outcome left = run.run(in_batches("openai", more));
    INFO(left.errors);
    CHECK(left.status == 2);
    CHECK(says(left.errors, pattern));
  }
  CHECK(run.seen().connections == 0);
  CHECK_FALSE(fs::exists(run.path("run")));
}

TEST_CASE("a budget holds for batches at half the price, and a higher one goes on") {
  mock::options chosen = provider(0.1);
  chosen.output_tokens = 40;
  const rehearsal run(records, chosen);
  const auto with = [](double usd) {
    return in_batches("openai", {"models.0.price={input: 2000, output: 2000}",
                                 fmt::format("budget.usd={}", usd)});
  };
  const auto tokens = [&run] {
    std::int64_t sum = 0;
    for (const auto& one : read_ledger(run.path(ledger)).samples) {
      sum += one.completion.usage.input + one.completion.usage.output;
    }
    return sum;
  };
  constexpr double cap = 0.4;  // 400 tokens
  const outcome first = run.run(with(cap));
  INFO(first.output << first.errors);
  CHECK(first.status == 75);
  CHECK(says(first.output, "the budget is used up"));
  CHECK(tokens() <= 400);
  CHECK(tokens() > 200);
  CHECK(says(first.output, fmt::format("^budget: {} tokens, {:.4f} USD spent$", tokens(),
                                       static_cast<double>(tokens()) / 1000)));
  CHECK(run.seen().batch_answers == read_ledger(run.path(ledger)).samples.size());
  CHECK(run.seen().batch_lines == run.seen().batch_answers);  // no more was sent
  check_whole(run, run.run(with(1000)), chosen);
}

TEST_CASE("a batch that is away is fetched though the budget has shrunk meanwhile") {
  const rehearsal run(records, provider(0.3));
  child_process child = begin(run, in_batches("openai", {"budget.tokens=100000"}));
  child.signal(SIGKILL);
  child.wait();
  const outcome left = run.run(in_batches("openai", {"budget.tokens=100"}));
  check_whole(run, left);  // nothing is left to send
  CHECK(run.seen().batches == 1);
}

TEST_CASE("what comes back to be sent again is not, where a lower limit does not reach it") {
  mock::options chosen = provider(0.3);
  chosen.batch_expired = 1;
  const rehearsal run(records, chosen);
  child_process child = begin(run, in_batches("openai"));
  child.signal(SIGKILL);
  child.wait();
  const outcome left = run.run(in_batches("openai", {"dataset.limit=5", "retry.attempts=2"}));
  INFO(left.output << left.errors);
  CHECK(run.seen().batch_lines == records + 5);
}

TEST_CASE("a dataset that changed while a batch is away is refused, and the old one goes on") {
  const rehearsal run(records, provider(0.3));
  const auto flags = in_batches("openai");
  child_process child = begin(run, flags);
  child.signal(SIGKILL);
  child.wait();
  REQUIRE(read_ledger(run.path(ledger)).samples.empty());
  const std::string away = "is not the one that run/batches holds a request of\\. Give the old ";
  struct {
    std::string rows, pattern;
  } const table[] = {
      {question_row(99) + question_rows(0, records), "record 0 \\(questions.jsonl:1\\) " + away},
      {question_rows(0, 7) + question_row(99) + question_rows(8, records),
       "record 7 \\(questions.jsonl:8\\) " + away},
      {question_rows(1, records + 1), "record 0 \\(questions.jsonl:1\\) " + away},
      {question_rows(0, records - 1),
       "it has 59 records, and run/batches holds a request of record 59$"},
      {"", "it has 0 records, and run/batches holds a request of record 59$"},
  };
  for (const auto& [rows, pattern] : table) {
    CAPTURE(pattern);
    run.files().file("questions.jsonl", rows);
    const outcome left = run.run(flags);
    INFO(left.output << left.errors);
    CHECK(left.status == 2);
    CHECK(says(left.errors, "^retort: the dataset has changed: " + pattern));
  }
  CHECK(run.seen().batches == 1);
  run.files().file("questions.jsonl", question_rows(0, records + 5));
  check_whole(run, run.run(flags), provider(), records + 5);
  CHECK(run.seen().batch_lines == records + 5);
}

TEST_CASE("samples.n below that of a batch that is away is refused, and the old one goes on") {
  const rehearsal run(3, provider(0.3));
  child_process child = begin(run, in_batches("openai", {"samples.n=3"}));
  child.signal(SIGKILL);
  child.wait();
  const outcome left = run.run(in_batches("openai", {"samples.n=2"}));
  INFO(left.output << left.errors);
  CHECK(left.status == 2);
  CHECK(
      says(left.errors, "holds a request of sample 3 of a record, and samples\\.n is 2: give at "));
  const outcome whole = run.run(in_batches("openai", {"samples.n=3"}));
  CHECK(whole.status == 0);
  CHECK(run.seen().batch_lines == 9);
  CHECK(read_ledger(run.path(ledger)).samples.size() == 9);
}

TEST_CASE("no other number of shards pays for what is away, though no ledger has a line") {
  const rehearsal run(records, provider(1));
  const auto with = [](std::vector<std::string> more) {
    auto flags = in_batches("openai");
    flags.insert(flags.end(), more.begin(), more.end());
    return flags;
  };
  std::vector<child_process> tasks;
  for (const char* one : {"0/3", "1/3", "2/3"}) {
    tasks.push_back(begin(run, with({"--shard", one})));
  }
  for (child_process& one : tasks) one.signal(SIGTERM);
  for (child_process& one : tasks) CHECK(finish(std::move(one)).status == 75);
  const std::string first = "^retort: run/shards/0000-of-0003 ";
  const std::string away =
      first + "has batches away, which only as many shards as then can take in";
  const std::string other = first + "holds answers to another config: prompt.user";
  const std::string prompt = "prompt.user=Other {{question}}";
  struct {
    std::vector<std::string> more;
    std::string pattern;
  } const table[] = {
      {{"--shard", "0/2"}, away},
      {{}, away},
      {{"--shard", "0/2", "--set", prompt}, other},
      {{"--set", prompt}, other},
  };
  for (const auto& [more, pattern] : table) {
    CAPTURE(pattern);
    const outcome left = run.run(with(more));
    INFO(left.output << left.errors);
    CHECK(left.status == 2);
    CHECK(says(left.errors, pattern));
  }
  const outcome merged =
      finish(run.start({"merge", "run.yaml", "--allow-missing", "--set", prompt}));
  CHECK(merged.status == 2);
  CHECK(says(merged.errors, other));
  for (const char* one : {"0/3", "1/3", "2/3"}) {
    CHECK(run.run(with({"--shard", one})).status == 0);
  }
  CHECK(run.seen().batch_lines == records);
  CHECK(run.seen().batch_doubled == 0);
  CHECK(run.run(with({"--shard", "0/2"})).status == 0);
  CHECK(run.seen().batch_lines == records);
}

// A draft holds what the budget has left, and only its batch gives it back.
TEST_CASE("batches and online models share a budget without waiting for each other for ever") {
  mock::options chosen = provider(0.1);
  chosen.output_tokens = 40;
  const rehearsal run(records, chosen);
  std::string models;
  for (const char* mode : {"batch", "batch", "online"}) {
    models +=
        fmt::format("{{provider: openai, model: m, base_url: \"{}\", ca_file: ca.pem, mode: {}}}, ",
                    run.provider().base_url(), mode);
  }
  const outcome left = run.run({"--set", "models=[" + models + "]", "--set", "budget.tokens=1200",
                                "--set", "sampling.max_tokens=50"});
  INFO(left.output << left.errors);
  CHECK(left.status == 75);
  CHECK(says(left.output, "the budget is used up"));
  CHECK(run.seen().batch_answers > 0);
}
