#include "engine/look/run_shards.hpp"

#include <doctest/doctest.h>

#include "io/ledger/ledger_seal.hpp"
#include "tests/support/temporary_directory.hpp"
#include "tests/support/unreadable.hpp"

using namespace retort;
using namespace retort::test;

namespace {

struct shards_on_disk {
  temporary_directory dir;

  void add(std::uint32_t i, std::uint32_t n, const std::string& state, std::int64_t began,
           const std::string& reason = "") {
    const std::string name = engine::shard_directory("", i, n).substr(1);
    dir.file(name + "/ledger.jsonl", io::ledger_header());
    engine::run_facts facts;
    facts.state = state;
    facts.reason = reason;
    facts.began_ms = began;
    facts.ended_ms = state == "at work" ? 0 : began + 1;
    facts.ledger_bytes = io::ledger_header().size();
    dir.file(name + "/summary.json", engine::encode(facts));
  }
};

}  // namespace

TEST_CASE("the shards that a run goes on in are those of the one that began last") {
  shards_on_disk of;
  CHECK(engine::present_count(engine::look_at_shards(of.dir.path()).value()) == 0);
  of.add(0, 4, "done", 5);
  of.add(1, 4, "stopped", 6);
  of.add(0, 9, "done", 7);
  const auto all = engine::look_at_shards(of.dir.path());
  REQUIRE(all.has_value());
  CHECK(all->size() == 3);
  CHECK(engine::present_count(*all) == 9);
  CHECK(engine::shards_of(*all, 4).size() == 2);
}

TEST_CASE("what is missing or not finished is named, with why") {
  shards_on_disk of;
  of.add(0, 12, "done", 5);
  of.add(1, 12, "stopped", 5, "SIGTERM");
  of.add(2, 12, "at work", 5);
  of.add(4, 12, "failed samples", 5);
  of.dir.file("shards/0005-of-0012/config.yaml", "x");
  const auto all = engine::look_at_shards(of.dir.path());
  REQUIRE(all.has_value());
  CHECK(engine::missing_shards(*all, 12) == "3, 5 to 11");
  CHECK(engine::unfinished_shards(*all) == "1 (stopped: SIGTERM), 2 (killed)");
}

TEST_CASE("many that are not finished are counted") {
  shards_on_disk of;
  for (std::uint32_t i = 0; i < 12; ++i) of.add(i, 12, "at work", 5);
  const auto all = engine::look_at_shards(of.dir.path());
  CHECK(engine::missing_shards(*all, 12) == "");
  CHECK(engine::unfinished_shards(*all).ends_with("9 (killed) and 2 more"));
}

TEST_CASE("a shard that cannot be looked at is not one that is missing") {
  shards_on_disk of;
  of.add(0, 2, "done", 5);
  of.add(1, 2, "done", 5);
  const std::string one = of.dir.path() + "/shards/0001-of-0002";
  make_unreadable(one + "/summary.json");
  const auto problem = [&] {
    const auto all = engine::look_at_shards(of.dir.path());
    REQUIRE(all->size() == 2);
    CHECK(all->at(0).is_finished());
    return all->at(1).problem.value();
  };
  CHECK(problem().message.starts_with(one + "/summary.json: "));
  make_readable(one + "/summary.json");
  make_unreadable(one);
  CHECK(problem().code == errc::unreadable);
  CHECK(problem().message.starts_with(one + "/ledger.jsonl: cannot look at it: "));
}
