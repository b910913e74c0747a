#include "tools/status_table.hpp"

#include <doctest/doctest.h>

#include <algorithm>

using namespace retort;
using engine::shard_state;

namespace {

constexpr std::int64_t now = 1'000'000'000;

engine::run_status of_many(std::uint32_t count) {
  engine::run_status out;
  for (std::uint32_t i = 0; i < count; ++i) {
    engine::shard_status one;
    one.index = i;
    one.state = shard_state::at_work;
    one.done = 10;
    one.total = 40;
    one.per_s = 0.5;
    one.usd = 0.125;
    one.starts = 1;
    one.last_ms = now - 1000;
    out.shards.push_back(one);
  }
  out.all.usd = 0.125 * count;
  return out;
}

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("each shard has its row, and those that stopped say why") {
  engine::run_status of = of_many(3);
  of.shards[1].state = shard_state::stopped;
  of.shards[1].reason = "SIGTERM";
  of.shards[2].state = shard_state::stopped;
  of.shards[2].reason = "SIGTERM";
  of.shards[2].starts = 5;
  of.shards[0].state = shard_state::unreadable;
  of.shards[0].reason = "run/shards/0000-of-0003: why";
  const std::string text = tools::status_text("runs/a", of, now, 1000);
  CHECK(text.starts_with("runs/a: 3 shards: 2 stopped, 1 unreadable\n"));
  CHECK(has(text, "10 of 40 (25 %)"));
  CHECK(has(text, "shard 1 and 1 more stopped: SIGTERM\n"));
  CHECK(has(text, "shard 0 unreadable: run/shards/0000-of-0003: why\n"));
  CHECK(std::ranges::count(text, '\n') == 8);
}

TEST_CASE("where there is no room for all, those come first that somebody has to look at") {
  engine::run_status of = of_many(200);
  of.shards[150].state = shard_state::killed;
  const std::string text = tools::status_text("runs/a", of, now, 24);
  CHECK(std::ranges::count(text, '\n') <= 24);
  CHECK(has(text, "150    killed"));
  CHECK(has(text, "and 180 more shards\n"));
}

TEST_CASE("machines are told the same") {
  engine::run_status of = of_many(1);
  of.shards[0].starts = 2;
  of.all.done = 10;
  CHECK(tools::status_json("runs/a", of) ==
        R"({"run":"runs/a","states":{"at work":1},"done":10,"total":null,"accepted":0,)"
        R"("rejected":0,"failed":0,"per_s":0,"usd":0.125,"eta_s":null,"restarts":0,)"
        R"("shards":[{"shard":0,"state":"at work","done":10,"total":40,"accepted":0,)"
        R"("rejected":0,"failed":0,"per_s":0.5,"usd":0.125,"eta_s":60,"restarts":1,)"
        R"("last_ms":999999000}]})");
}
