#include "engine/status/shard_status.hpp"

#include <doctest/doctest.h>

#include "engine/directory/adoption.hpp"

using namespace retort;
using engine::shard_state;

namespace {

constexpr std::int64_t now = 1'000'000'000;

// One of 4, on a file system that does not tell of other nodes' locks.
engine::run_shard shard(std::uint32_t index, const std::string& state, std::int64_t last_ms) {
  engine::run_shard out;
  out.which = {index, 4, "/nowhere"};
  out.found.emplace();
  out.found->changed_ms = last_ms;
  engine::run_facts& facts = out.found->facts.emplace();
  facts.state = state;
  facts.began_ms = last_ms - 60'000;
  facts.starts = 1;
  if (state != "at work") facts.ended_ms = last_ms;
  facts.live.emplace();
  facts.live->at_ms = last_ms;
  facts.live->done = 50;
  facts.live->total = 100;
  facts.live->accepted = 40;
  facts.live->per_s = 2;
  facts.live->usd = 0.25;
  return out;
}

shard_state state_of(const engine::run_shard& one) { return engine::status_of(one, now).state; }

}  // namespace

TEST_CASE("a shard's state is what it wrote last, and how long ago") {
  CHECK(state_of(shard(0, "at work", now - 5'000)) == shard_state::at_work);
  CHECK(state_of(shard(0, "at work", now - 300'000)) == shard_state::silent);
  CHECK(state_of(shard(0, "done", now - 300'000)) == shard_state::done);
  CHECK(state_of(shard(0, "failed samples", now)) == shard_state::failed_samples);
  CHECK(state_of(shard(0, "stopped", now)) == shard_state::stopped);
  engine::run_shard held = shard(0, "done", now - 300'000);
  held.found->is_at_work = true;  // started again, just now
  CHECK(state_of(held) == shard_state::at_work);
  engine::run_shard empty;
  empty.which = {2, 4, "/nowhere"};
  CHECK(state_of(empty) == shard_state::waiting);
}

TEST_CASE("a shard that cannot be looked at has its row, and hides no other") {
  engine::run_shard lost;
  lost.which = {1, 4, "/nowhere"};
  lost.problem = error{errc::unreadable, "why"};
  const auto of = engine::status_of({shard(0, "at work", now), lost}, now);
  CHECK(of.shards[0].state == shard_state::at_work);
  CHECK(of.shards[1].state == shard_state::unreadable);
  CHECK(of.shards[1].reason == "why");
  CHECK(of.problem->message == "why");
  CHECK(!of.has_ended());
}

TEST_CASE("on a file system of one node, who does not hold its ledger was killed") {
  engine::run_shard one = shard(0, "at work", now - 5'000);
  one.which.path = "/tmp";
  CHECK(state_of(one) ==
        (engine::knows_all_locks("/tmp") ? shard_state::killed : shard_state::at_work));
}

TEST_CASE(
    "one that left no summary has ended before it began, and nobody says that it was killed") {
  engine::run_shard one = shard(0, "at work", now - 5'000);
  one.found->facts.reset();
  CHECK(state_of(one) == shard_state::at_work);
  one.which.path = "/tmp";
  if (!engine::knows_all_locks("/tmp")) return;
  const engine::shard_status of = engine::status_of(one, now);
  CHECK(of.state == shard_state::stopped);
  CHECK(of.reason == "ended before it began: its log says why");
  one.found->ledger_bytes = 1000;
  CHECK(engine::status_of(one, now).reason == "left no summary.json");
  one.found->is_at_work = true;
  CHECK(state_of(one) == shard_state::at_work);
}

TEST_CASE("a run's status sums up all of its shards, those that have not begun among them") {
  engine::run_shard stopped = shard(1, "stopped", now);
  stopped.found->facts->reason = "SIGTERM";
  stopped.found->facts->starts = 3;
  const std::vector<engine::run_shard> all = {shard(0, "at work", now), stopped,
                                              shard(3, "done", now)};
  const engine::run_status of = engine::status_of(all, now);
  REQUIRE(of.shards.size() == 4);
  CHECK(of.shards[1].reason == "SIGTERM");
  CHECK(of.shards[2].state == shard_state::waiting);
  CHECK(of.count(shard_state::at_work) == 1);
  CHECK(of.all.done == 150);
  CHECK(of.all.accepted == 120);
  CHECK(of.all.total == 400);  // the one that is not known is taken for as large as the others
  CHECK(of.all.per_s == 2);    // of those at work
  CHECK(of.all.usd == 0.75);
  CHECK(of.all.starts == 2);  // beyond the first
  CHECK(of.eta_s == 125);
  CHECK(of.shards[0].eta_s() == 25);
  CHECK_FALSE(of.shards[1].eta_s());
  CHECK_FALSE(of.has_ended());
}

TEST_CASE("a run has ended when all of its shards are done") {
  std::vector<engine::run_shard> all;
  for (std::uint32_t i = 0; i < 4; ++i) all.push_back(shard(i, i ? "done" : "failed samples", now));
  CHECK(engine::status_of(all, now).has_ended());
  all[2].found->facts->live->usd.reset();
  CHECK_FALSE(engine::status_of(all, now).all.usd);
  all.pop_back();
  CHECK_FALSE(engine::status_of(all, now).has_ended());
}

TEST_CASE("of a run without shards there is nothing to say") {
  CHECK(engine::status_of(std::vector<engine::run_shard>(), now).shards.empty());
}
