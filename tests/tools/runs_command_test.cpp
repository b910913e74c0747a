// `retort runs` and the summary that each run leaves, by the real program.
#include "tools/runs_command.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <signal.h>

#include <filesystem>

#include "engine/directory/run_facts.hpp"
#include "tests/support/eventually.hpp"
#include "tests/support/ledger_samples.hpp"
#include "tests/support/rehearsal.hpp"

using namespace retort;
using namespace retort::test;

namespace {

constexpr char prices[] = "models.0.price={input: 1, output: 2}";

engine::run_facts facts_of(const rehearsal& of) {
  auto read = engine::read_facts({of.path("run")});
  REQUIRE(read.has_value());
  REQUIRE(read->has_value());
  return std::move(**read);
}

// The line of the only run.
std::string listed(const rehearsal& of) {
  const outcome left = finish(of.start({"runs", ".", "--json"}));
  CHECK(left.status == 0);
  CHECK(left.errors == "");
  return left.output;
}

bool says(const std::string& text, const std::string& what) {
  return text.find(what) != std::string::npos;
}

}  // namespace

TEST_CASE("a run's summary says what was asked, of whom, and what it came to") {
  mock::options provider;
  provider.wrong = 0.3;
  const rehearsal all(50, provider);
  const outcome left =
      all.run({"--set", prices}, {{{"OPENAI_API_KEY", "sk-secret-0123456789abcdef"}}, {}});
  REQUIRE(left.status == 0);
  const engine::run_facts of = facts_of(all);
  const std::size_t wrong = count_wrong(50, provider);
  CHECK(of.state == "done");
  CHECK(of.version == "0.1.0");
  CHECK(of.accepted == 50 - wrong);
  CHECK(of.rejected[engine::reject_reason::incorrect] == wrong);
  CHECK(of.records == 50);
  CHECK(of.dataset_fingerprint.has_value());
  CHECK(of.began_ms >= of.first_began_ms);
  CHECK(of.ended_ms >= of.began_ms);
  CHECK(of.ledger_bytes == std::filesystem::file_size(all.path("run/ledger.jsonl")));
  REQUIRE(of.variants.size() == 1);
  CHECK(of.variants[0].asked.models.begin()->second == 50);
  CHECK(of.usd() > 0);
  CHECK(of.config.at("prompt.user") == "{{question}}");
  CHECK_FALSE(says(all.content("run/summary.json"), "sk-secret"));

  const auto again = all.run({"--set", prices});
  REQUIRE(again.status == 0);
  const engine::run_facts resumed = facts_of(all);  // the whole ledger's, not the process's
  CHECK(resumed.accepted == of.accepted);
  CHECK(resumed.usd() == of.usd());
  CHECK(resumed.dataset_fingerprint == of.dataset_fingerprint);
  CHECK(resumed.first_began_ms == of.first_began_ms);
  CHECK(resumed.variants[0].asked.models == of.variants[0].asked.models);
}

TEST_CASE("runs tells a run at work, one that stopped, one that was killed and one that is done") {
  mock::options provider;
  provider.latency_ms = 50;
  const rehearsal all(400, provider);
  CHECK(listed(all) == "");
  child_process first = all.start_run();
  REQUIRE(eventually([&] { return all.seen().requests > 30; }));
  CHECK(says(listed(all), "\"state\":\"at work\""));
  first.signal(SIGTERM);
  CHECK(first.wait() == 75);
  const std::string stopped = listed(all);
  CHECK(says(stopped, "\"state\":\"stopped\""));
  CHECK(says(stopped, "\"run\":\"run\""));

  const auto seen = all.seen().requests;
  child_process second = all.start_run();
  REQUIRE(eventually([&] { return all.seen().requests > seen + 30; }));
  ::kill(second.id(), SIGKILL);
  second.wait();
  const auto lines = read_ledger(all.path("run/ledger.jsonl")).samples.size();
  const std::string killed = listed(all);
  CHECK(says(killed, "\"state\":\"killed\""));
  CHECK(says(killed, fmt::format("\"accepted\":{},", lines)));

  CHECK(all.run().status == 0);
  CHECK(says(listed(all), "\"state\":\"done\""));
  const outcome table = finish(all.start({"runs", "."}));
  CHECK(says(table.output, "run  state  accepted  rejected  failed       cost  age\n"));
  CHECK(says(table.output, "run  done        400         0       0  not known  now\n"));
}

TEST_CASE("a directory that is not there is an error, an empty one is not") {
  const rehearsal all(1);
  const outcome none = finish(all.start({"runs"}));
  CHECK(none.status == 2);
  CHECK(none.errors == "retort: runs is no directory that is there\n");
  const outcome empty = finish(all.start({"runs", "."}));
  CHECK(empty.status == 0);
  CHECK(empty.output == "no runs in .\n");
}

TEST_CASE("a run directory itself is listed as the one run that it is") {
  const rehearsal one(3);
  REQUIRE(one.run().status == 0);
  const outcome left = finish(one.start({"runs", "run", "--json"}));
  CHECK(left.status == 0);
  CHECK(says(left.output, "\"accepted\":3"));
}
