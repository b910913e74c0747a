// One run, killed a hundred times at any moment while its provider misbehaves, ends as if nothing
// had happened, and pays for nothing twice that was committed.
#include <doctest/doctest.h>
#include <fmt/format.h>
#include <signal.h>

#include <algorithm>
#include <random>
#include <thread>

#include "engine/sample/line_reader.hpp"
#include "io/ledger/ledger_log.hpp"
#include "tests/support/eventually.hpp"
#include "tests/support/ledger_samples.hpp"
#include "tests/support/questions.hpp"
#include "tests/support/rehearsal.hpp"
#include "tests/support/wanted_kills.hpp"

using namespace retort;
using namespace retort::test;

namespace {

constexpr char ledger[] = "run/ledger.jsonl";
// A life makes half of them on average, so that some are left when the last kill has come.
constexpr std::size_t records_per_kill = 40;
// Ends a stall. An answer that a slow machine keeps for longer would be paid for again.
constexpr char timeout[] = "models.0.timeout_s=5";

mock::options healthy_provider() {
  mock::options chosen;
  chosen.wrong = 0.1;
  return chosen;
}

// Every fault there is, together 18 %.
mock::options faulty_provider() {
  mock::options chosen = healthy_provider();
  chosen.latency_ms = 15;
  chosen.latency_sigma = 0.5;
  chosen.chunked = 0.3;
  chosen.retry_after_s = 0.01;
  chosen.rate_limit = chosen.error_500 = chosen.error_503 = chosen.reset_before = 0.02;
  chosen.reset_middle = chosen.truncated = chosen.invalid_json = 0.02;
  chosen.connection_close = chosen.blank_lines = 0.015;
  chosen.stall = 0.01;
  return chosen;
}

// What has been paid for and what has been kept, record by record, while no process runs.
struct books {
  std::vector<std::uint32_t> paid;  // good answers that the provider gave
  std::vector<bool> kept;           // finished in the ledger
};

books read_books(const rehearsal& of, std::size_t records) {
  // Answers on their way to the process that was killed still count when they get lost.
  REQUIRE(eventually([&] { return of.seen().open_connections == 0; }));
  books now;
  for (std::size_t n = 0; n < records; ++n) {
    now.paid.push_back(of.provider().answers_to(question(n)));
  }
  now.kept.resize(records);
  const auto scanned = io::scan_ledger(of.path(ledger), [&](const io::ledger_line& line) {
    const auto head = engine::read_line_head(line.text).value();
    if (!head.open) now.kept.at(head.key.ordinal) = true;
    return true;
  });
  CHECK(scanned.value().damaged == 0);
  return now;
}

std::size_t count_kept(const books& of) { return std::ranges::count(of.kept, true); }

// How one process has changed the books.
void check_life(const books& before, const books& after) {
  std::size_t paid_again = 0, paid_twice = 0, lost = 0, unpaid = 0;
  for (std::size_t n = 0; n < before.paid.size(); ++n) {
    const std::uint32_t paid = after.paid[n] - before.paid[n];
    paid_again += before.kept[n] && paid > 0;
    paid_twice += paid > 1;
    lost += before.kept[n] && !after.kept[n];
    unpaid += after.kept[n] && after.paid[n] == 0;
  }
  CHECK(paid_again == 0);
  CHECK(paid_twice == 0);
  CHECK(lost == 0);
  CHECK(unpaid == 0);
}

// Most processes are killed in the middle of their work, some while they start.
void live_and_die(const rehearsal& of, std::mt19937_64& random) {
  const bool early = random() % 4 == 0;
  const std::uint64_t requests = early ? 0 : random() % (3 * records_per_kill / 2);
  const std::chrono::microseconds longer(random() % (early ? 60'000 : 8'000));
  const std::uint64_t enough = of.seen().requests + requests;
  child_process life = of.start_run({"--set", timeout});
  REQUIRE(eventually([&] { return of.seen().requests >= enough || !life.is_running(); }));
  std::this_thread::sleep_for(longer);  // the moment is random, nothing is decided by it
  life.signal(SIGKILL);
  INFO(life.errors());
  REQUIRE(life.wait() == 128 + SIGKILL);  // else it was done before the last kill
}

}  // namespace

TEST_CASE("a run killed a hundred times ends as one that nobody disturbed") {
  const std::size_t kills = wanted_kills(100);
  const std::size_t records = kills * records_per_kill;
  const std::uint64_t seed = std::random_device()();
  MESSAGE(fmt::format("{} kills, seed {}", kills, seed));
  std::mt19937_64 random(seed);
  const rehearsal run(records, faulty_provider());
  books before = read_books(run, records);
  for (std::size_t kill = 0; kill < kills; ++kill) {
    CAPTURE(kill);
    live_and_die(run, random);
    const books after = read_books(run, records);
    check_life(before, after);
    before = after;
  }
  CHECK(count_kept(before) > records / 10);  // much less than they made, even on a slow disk
  MESSAGE(fmt::format("the killed finished {} of {} records", count_kept(before), records));
  const outcome last = run.run({"--set", timeout, "--set", "models.0.concurrency=64"});
  INFO(last.errors);
  CHECK(last.status == 0);
  check_life(before, read_books(run, records));

  const auto finished = finished_samples(run.path(ledger));
  CHECK(finished.size() == records);
  const mock::counters seen = run.seen();
  CHECK(seen.answered == records + seen.repeats);
  MESSAGE(fmt::format("{} answers were on their way to the ledger at a kill, and asked for again",
                      seen.repeats));

  const rehearsal calm(records, healthy_provider());
  REQUIRE(calm.run({"--set", "models.0.concurrency=64"}).status == 0);
  for (const char* view : {"run/finetuning_data.jsonl", "run/finetuning_data.rejected.jsonl"}) {
    CAPTURE(view);
    CHECK(run.sorted_lines(view) == calm.sorted_lines(view));
  }
}
