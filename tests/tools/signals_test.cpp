// Signals: the first waits for what is in flight, the second does not, and both leave a run that
// can be resumed.
#include <doctest/doctest.h>
#include <fmt/format.h>
#include <re2/re2.h>
#include <signal.h>
#include <sys/stat.h>

#include "engine/quota/slow_start.hpp"
#include "tests/support/eventually.hpp"
#include "tests/support/ledger_samples.hpp"
#include "tests/support/pipe_ends.hpp"
#include "tests/support/questions.hpp"
#include "tests/support/rehearsal.hpp"
#include "tools/mock/faults/plan.hpp"

using namespace retort;
using namespace retort::test;

namespace {

constexpr char ledger[] = "run/ledger.jsonl";
constexpr char forever[] = "models.0.timeout_s=86400";
constexpr char patient[] = "grace_s=86400";
constexpr std::uint64_t concurrency = 8;
// So many are out while the provider has not answered anything.
constexpr std::uint64_t unanswered = engine::slow_start::first;

mock::options slow_provider() {
  mock::options chosen;
  chosen.latency_ms = 100;
  return chosen;
}

mock::options stalling_provider() {
  mock::options chosen;
  chosen.stall = 1;
  return chosen;
}

// The first request meets a 429, the second its answer.
bool is_first_sent_away(const mock::options& provider) {
  mock::planner fate(provider);
  const bool sent_away = fate.next().fault == mock::fault::rate_limit;
  return sent_away && fate.next().fault == mock::fault::none;
}

bool mentions(const std::string& text, std::string_view what) {
  return text.find(what) != std::string::npos;
}

void wait_for_requests(const rehearsal& of, std::uint64_t count, const child_process& child) {
  REQUIRE(eventually([&] { return of.seen().requests >= count || !child.is_running(); }));
  INFO(child.errors());
  REQUIRE(child.is_running());
}

// Signals, and returns when the child has taken notice.
void stop(const child_process& child, int signal) {
  child.signal(signal);
  REQUIRE(
      eventually([&] { return mentions(child.errors(), "stopping: SIG") || !child.is_running(); }));
}

// The run goes on from where it stopped, and has everything in the end.
void check_resumes(const rehearsal& of, std::size_t records) {
  const outcome left = of.run();
  INFO(left.errors);
  CHECK(left.status == 0);
  CHECK(finished_samples(of.path(ledger)).size() == records);
  CHECK(of.sorted_lines("run/finetuning_data.jsonl").size() == records);
}

}  // namespace

TEST_CASE("the first signal lets what is in flight finish, and admits nothing more") {
  for (const int number : {SIGINT, SIGTERM}) {
    CAPTURE(number);
    const rehearsal run(200, slow_provider());
    child_process child = run.start_run();
    wait_for_requests(run, 2 * concurrency, child);
    stop(child, number);
    const std::uint64_t sent = run.seen().requests;
    const outcome left = finish(std::move(child));
    INFO(left.output << left.errors);
    CHECK(left.status == 75);
    const std::string name = number == SIGINT ? "SIGINT" : "SIGTERM";
    CHECK(mentions(left.errors, "stopping: " + name +
                                    ": waiting up to 60 s for what is in flight, "
                                    "again to stop at once\n"));
    CHECK(mentions(left.output, "stopped early: " + name + "\n"));

    const mock::counters seen = run.seen();
    CHECK(seen.requests <= sent + concurrency);  // on their way when it took notice
    CHECK(seen.answered == seen.requests);
    CHECK(finished_samples(run.path(ledger)).size() == seen.answered);
    CHECK(run.sorted_lines("run/finetuning_data.jsonl").size() == seen.answered);

    check_resumes(run, 200);
    CHECK(run.seen().answered == 200);
    CHECK(run.seen().repeats == 0);
  }
}

TEST_CASE("the second signal stops at once") {
  for (const int number : {SIGINT, SIGTERM}) {
    CAPTURE(number);
    rehearsal run(20, stalling_provider());
    child_process child = run.start_run({"--set", forever, "--set", patient});
    wait_for_requests(run, unanswered, child);
    stop(child, SIGINT);
    CHECK(child.is_running());
    child.signal(number);
    const outcome left = finish(std::move(child));
    INFO(left.output << left.errors);
    CHECK(left.status == 75);
    CHECK(mentions(left.errors, " again: stopping at once\n"));
    CHECK(run.seen().requests == unanswered);
    CHECK(read_ledger(run.path(ledger)).samples.empty());

    run.replace_provider({});
    check_resumes(run, 20);
  }
}

// By the batch script's trap and by the scheduler itself it comes twice.
TEST_CASE("a scheduler's warning lets what is in flight finish, however often it comes") {
  const rehearsal run(200, slow_provider());
  child_process child = run.start_run();
  wait_for_requests(run, concurrency, child);
  stop(child, SIGUSR1);
  child.signal(SIGUSR1);
  const outcome left = finish(std::move(child));
  INFO(left.output << left.errors);
  CHECK(left.status == 75);
  CHECK(mentions(left.errors, "stopping: SIGUSR1: waiting up to 60 s for what is in flight\n"));
  CHECK_FALSE(mentions(left.errors, "again"));
  CHECK(run.seen().answered == run.seen().requests);
  CHECK(finished_samples(run.path(ledger)).size() == run.seen().answered);
  check_resumes(run, 200);
  CHECK(run.seen().repeats == 0);
}

TEST_CASE("SIGTERM leaves as long as the scheduler does, also behind its warning") {
  const start_options how{{{"RETORT_GRACE_S", "0.2"}}, {}};
  for (const bool is_warned : {false, true}) {
    CAPTURE(is_warned);
    rehearsal run(20, stalling_provider());
    child_process child = run.start_run({"--set", forever}, how);
    wait_for_requests(run, unanswered, child);
    if (is_warned) stop(child, SIGUSR1);
    child.signal(SIGTERM);
    const outcome left = finish(std::move(child));
    INFO(left.output << left.errors);
    CHECK(left.status == 75);
    CHECK(mentions(left.errors,
                   "SIGTERM: waiting up to 0.1 s for what is in flight (RETORT_GRACE_S)"));
    CHECK(read_ledger(run.path(ledger)).samples.empty());
  }
}

TEST_CASE("a RETORT_GRACE_S that is none is refused before anything is sent") {
  const rehearsal run(1);
  const outcome left = run.run({}, {{{"RETORT_GRACE_S", "30s"}}, {}});
  CHECK(left.status == 2);
  CHECK(
      left.errors ==
      "retort: RETORT_GRACE_S is \"30s\"; expected the seconds between SIGTERM and SIGKILL, from 0 "
      "to 86400\n");
  CHECK(run.seen().requests == 0);
}

TEST_CASE("one signal is enough when the grace is over, and a stall does not outlive its timeout") {
  for (const auto& flags : {std::vector<std::string>{"--set", forever, "--set", "grace_s=0.2"},
                            {"--set", forever, "--set", "grace_s=0"},
                            {"--set", "models.0.timeout_s=1", "--set", patient}}) {
    rehearsal run(20, stalling_provider());
    child_process child = run.start_run(flags);
    wait_for_requests(run, unanswered, child);
    child.signal(SIGTERM);
    const outcome left = finish(std::move(child));
    INFO(left.output << left.errors);
    CHECK(left.status == 75);
    CHECK(read_ledger(run.path(ledger)).samples.empty());  // stopped is not failed

    run.replace_provider({});
    check_resumes(run, 20);
  }
}

TEST_CASE("what waits before its next attempt is not waited for") {
  mock::options sends_away;
  sends_away.rate_limit = 1;
  sends_away.retry_after_s = 3000;
  rehearsal run(20, sends_away);
  child_process child = run.start_run({"--set", patient});
  wait_for_requests(run, unanswered, child);
  stop(child, SIGINT);
  const outcome left = finish(std::move(child));
  INFO(left.output << left.errors);
  CHECK(left.status == 75);

  run.replace_provider({});
  check_resumes(run, 20);
}

TEST_CASE("a retry whose turn comes after the stop is not sent") {
  mock::options sends_the_first_away;
  sends_the_first_away.rate_limit = 0.5;
  sends_the_first_away.retry_after_s = 0.01;
  sends_the_first_away.latency_ms = 3000;
  while (!is_first_sent_away(sends_the_first_away)) ++sends_the_first_away.seed;
  const rehearsal run(2, sends_the_first_away);
  child_process child = run.start_run({"--json", "--set", "models.0.concurrency=1"});
  // Until the second record has the only place, and the first one wants it again.
  REQUIRE(eventually([&] {
    return RE2::PartialMatch(child.output(), "\"requests\":2,.*\"in_flight\":1,\"backing_off\":0,");
  }));
  stop(child, SIGINT);
  const bool in_time = run.seen().answered == 0;
  const outcome left = finish(std::move(child));
  INFO(left.output << left.errors);
  WARN(in_time);
  if (!in_time) return;  // a machine this slow can say nothing
  CHECK(left.status == 75);
  CHECK(run.seen().requests == 2);
  CHECK(finished_samples(run.path(ledger)).size() == 1);
}

TEST_CASE("a signal ends a run whose standard input stays open and idle") {
  const rehearsal run(0);
  const pipe_ends pipe;
  pipe.write(question_rows(0, 5));
  start_options how;
  how.input = pipe.reader();
  child_process child = run.start_run({"--set", "dataset.path=-"}, how);
  wait_for_requests(run, 5, child);
  stop(child, SIGINT);
  const outcome left = finish(std::move(child));
  INFO(left.output << left.errors);
  CHECK(left.status == 75);
  CHECK(finished_samples(run.path(ledger)).size() == 5);
  CHECK(run.sorted_lines("run/finetuning_data.jsonl").size() == 5);
}

TEST_CASE("a signal ends a run whose dataset is a named pipe that nobody writes to") {
  const rehearsal run(0);
  REQUIRE(::mkfifo(run.path("fifo.jsonl").c_str(), 0600) == 0);
  child_process child = run.start_run({"--set", "dataset.path=fifo.jsonl"});
  REQUIRE(eventually([&] { return std::filesystem::exists(run.path(ledger)); }));
  stop(child, SIGTERM);
  CHECK(finish(std::move(child)).status == 75);
}
