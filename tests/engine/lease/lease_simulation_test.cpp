// What the tasks of a cluster must reach together, in simulated time and by the very script that
// Redis runs.
#include <doctest/doctest.h>

#include <cmath>

#include "tests/support/lease_simulation.hpp"

using namespace retort;
using test::simulated_cluster;
using task = simulated_cluster::task;

namespace {

// Besides its rate, a quota's tasks may use so much of it at once: what the pool saves up (1.5 s),
// and what is in their hands, which lapses in 2.5 s.
constexpr double burst_s = 4;

// In every step a few of them die, leave, fall idle or wake up.
void let_come_and_go(simulated_cluster& of, double per_second) {
  of.each_step = [&of, per_second] {
    for (task& one : of.tasks) {
      if (!one.is_alive() || of.drawn(0, 1) > per_second * of.step_s) continue;
      const double what = of.drawn(0, 4);
      if (what < 1) {
        of.kill(one);
      } else if (what < 2) {
        of.leave(one);
      } else {
        one.demand = what < 3 ? of.drawn(0, 0.2) : 1e9;
      }
    }
  };
}

void start_within(simulated_cluster& all, double seconds) {
  for (task& one : all.tasks) one.comes_at_s = all.drawn(0, seconds);
}

// A Redis that was down for a while comes back with what it knew long ago.
void go_back(simulated_cluster& of) {
  of.redis_is_there = false;
  of.run_until(of.now_s + 6);
  of.redis.go_back();
  of.redis_is_there = true;
}

// The share of the quota of requests that was used meanwhile.
double used_until(simulated_cluster& of, double end_s) {
  const double before = of.requests.total(), from_s = of.now_s;
  of.run_until(end_s);
  return (of.requests.total() - before) / (of.now_s - from_s) / of.of.rps;
}

}  // namespace

TEST_CASE("simulated: a thousand tasks that come and go use 95 % of a quota and never pass it") {
  simulated_cluster::settings how;
  how.tasks = 1000;
  how.rps = 500;
  simulated_cluster all(how);
  start_within(all, 10);
  all.run_until(25);
  let_come_and_go(all, 0.004);  // half of them have done so in a minute
  CHECK(used_until(all, 60) >= 0.95);
  all.redis_is_there = false;
  all.redis.flush();
  (void)used_until(all, 65);           // what they hold lapses before they count on their shares
  CHECK(used_until(all, 80) >= 0.85);  // nobody can join meanwhile, nor use the share of the idle
  all.redis_is_there = true;
  (void)used_until(all, 100);
  CHECK(used_until(all, 125) >= 0.95);
  CHECK(all.requests.burst_s() <= burst_s);
  CHECK(static_cast<double>(all.calls) / all.now_s / 1000 <= 1.5);
  CHECK(static_cast<double>(all.redis.calls()) / static_cast<double>(all.calls) <= 9);
}

TEST_CASE("simulated: twelve tasks use 95 % of each quota, whatever happens to who deals") {
  for (std::uint64_t seed = 1; seed <= 4; ++seed) {
    CAPTURE(seed);
    simulated_cluster::settings how;
    how.tasks = 12;
    how.rps = seed % 2 == 0 ? 100 : 2;
    how.tps = 40 * 500;  // 40 requests a second
    how.seed = seed;
    simulated_cluster all(how);
    start_within(all, 5);
    all.lost_questions = all.lost_answers = 0.01;
    all.run_until(30);
    const double before = seed % 2 == 0 ? all.tokens.total() : all.requests.total();
    for (double at_s = 60; at_s <= 180; at_s += 30) {
      all.run_until(at_s);
      all.clock_ms += at_s < 100 ? 3'600'000 : -7'200'000;
    }
    const double used = (seed % 2 == 0 ? all.tokens.total() : all.requests.total()) - before;
    CHECK(used / 150 / (seed % 2 == 0 ? how.tps : how.rps) >= 0.95);
    CHECK(all.requests.burst_s() <= burst_s + 12 / how.rps);
    CHECK(all.tokens.burst_s() <= burst_s + 12 * 500 / how.tps);
    for (int i = 0; i < 5; ++i) {
      all.redis.flush();
      all.run_until(all.now_s + 7);
    }
    CHECK(all.requests.burst_s() <= burst_s + 12 / how.rps);
  }
}

TEST_CASE("simulated: one that has all the work gets all of the quota") {
  simulated_cluster::settings how;
  how.tasks = 12;
  how.rps = 100;
  simulated_cluster all(how);
  for (std::size_t i = 1; i < 12; ++i) all.tasks[i].demand = 0;
  all.run_until(30);
  CHECK(used_until(all, 60) >= 0.95);
  all.tasks[0].demand = 0;
  all.tasks[7].demand = 1e9;
  (void)used_until(all, 62);
  CHECK(used_until(all, 80) >= 0.95);
}

TEST_CASE("simulated: one alone has its places and its budget within seconds") {
  simulated_cluster::settings how;
  how.tasks = 1;
  how.rps = 100;
  how.places = 400;
  how.budget = 1'000'000'000;
  simulated_cluster all(how);
  all.run_until(6);
  CHECK(used_until(all, 12) >= 0.95);
  all.leave(all.tasks[0]);
  all.tasks[0].comes_at_s = all.now_s;
  all.run_until(all.now_s + 6);
  CHECK(used_until(all, all.now_s + 6) >= 0.95);
}

TEST_CASE("simulated: one that is cut off has its share, and the others have the rest") {
  simulated_cluster::settings how;
  how.tasks = 4;
  how.rps = 100;
  simulated_cluster all(how);
  all.run_until(30);
  all.tasks[2].cut_off = true;
  all.run_until(49);
  CHECK(all.tasks[2].account->is_alone());
  CHECK(all.requests.burst_s() <= burst_s);
  all.tasks[2].cut_off = false;
  all.run_until(52);
  CHECK_FALSE(all.tasks[2].account->is_alone());
  CHECK(used_until(all, 80) >= 0.95);
  CHECK(all.requests.burst_s() <= burst_s);
}

TEST_CASE("simulated: places in flight are never more than there are, and are used") {
  for (std::uint64_t seed = 1; seed <= 2; ++seed) {
    CAPTURE(seed);
    simulated_cluster::settings how;
    how.tasks = 12;
    how.rps = 1000;
    how.places = 60;
    how.seed = seed;
    simulated_cluster all(how);
    start_within(all, 5);
    all.run_until(10);  // from the beginning, and so for ever
    CHECK(used_until(all, 70) * how.rps >= 0.9 * 60 / how.latency_s);
    all.redis_is_there = false;
    all.run_until(80);
    CHECK(used_until(all, 100) * how.rps >= 0.9 * 60 / how.latency_s);
    all.redis_is_there = true;
    let_come_and_go(all, 0.01);
    all.run_until(120);
    all.redis_is_there = false;
    if (seed % 2 == 0) all.redis.flush();
    all.run_until(150);
    all.redis_is_there = true;
    all.run_until(180);
    all.redis.flush();
    all.redis.save();
    all.run_until(240);
    go_back(all);
    all.run_until(270);
    CHECK(all.most_in_flight <= 60);
  }
}

TEST_CASE("simulated: a pool of which one key is evicted is found again, and nothing is passed") {
  for (const char* key : {"account", "account:m", "account:h"}) {
    CAPTURE(key);
    simulated_cluster::settings how;
    how.tasks = 12;
    how.rps = 100;
    how.places = 60;
    how.latency_s = 1;
    simulated_cluster all(how);
    start_within(all, 5);
    all.run_until(30);
    const double whole = used_until(all, 60);
    all.redis.lose(key);
    // Some have died meanwhile, whose places come back; others hold theirs.
    for (std::size_t i = 0; i < 3; ++i) all.kill(all.tasks[i]);
    all.run_until(90);
    CHECK(used_until(all, 120) >= 0.95 * whole);
    for (int i = 0; i < 5; ++i) {
      all.redis.lose(key);
      all.run_until(all.now_s + 3.1);
    }
    all.run_until(all.now_s + 30);
    CHECK(used_until(all, all.now_s + 30) >= 0.95 * whole);
    CHECK(all.most_in_flight <= 60);
    CHECK(all.requests.burst_s() <= burst_s + 12 / how.rps);
  }
}

TEST_CASE("who is back when it would have been forgotten has its places counted, once") {
  test::lua_redis redis(engine::lease_script);
  const auto ask = [&](const char* who, std::int64_t at_ms, int holds, int wants) {
    redis.set_clock(1'800'000'000'000 + at_ms);
    const std::string held = std::to_string(holds);
    const auto reply = redis.eval({"account"}, {who, "1", "q", "2", "0", "0", "10", held, held,
                                                std::to_string(wants), at_ms < 1000 ? "0" : "1"});
    REQUIRE(reply.size() == 2);
    return std::stoi(reply[1]);
  };
  REQUIRE(ask("a", 0, 0, 4) == 4);
  for (int second = 0; second < 20; ++second) CHECK(ask("b", 1000 * second + 500, 1, 1) == 1);
  CHECK(ask("a", 20'300, 4, 4) == 4);
  CHECK(ask("b", 20'500, 1, 9) == 6);
}

TEST_CASE("simulated: a budget is never passed, whoever dies and whatever is lost") {
  enum class event { redis_goes, redis_goes_back, flush, key_goes };
  constexpr event events[] = {event::redis_goes, event::redis_goes_back, event::flush,
                              event::redis_goes, event::redis_goes_back, event::key_goes,
                              event::key_goes};
  for (std::uint64_t seed = 1; seed <= std::size(events); ++seed) {
    CAPTURE(seed);
    const event what = events[seed - 1];
    simulated_cluster::settings how;
    how.tasks = 12;
    how.rps = 100;
    how.budget = 3'000'000;  // 60 s of it all
    how.seed = seed;
    simulated_cluster all(how);
    start_within(all, 5);
    all.lost_questions = all.lost_answers = 0.02;
    let_come_and_go(all, 0.01);
    for (double at_s = 13; at_s < 240; at_s += 23) {
      all.run_until(at_s);
      if (what == event::flush) all.redis.flush();
      if (what == event::key_goes) all.redis.lose(seed % 2 == 0 ? "budget" : "budget:m");
      if (what == event::redis_goes_back && at_s > 20) go_back(all);
      if (what == event::redis_goes_back) all.redis.save();
      if (what == event::redis_goes) all.redis_is_there = !all.redis_is_there;
    }
    all.redis_is_there = true;
    all.run_until(400);
    CHECK(all.all_spent <= how.budget);
    // What was held by the dead when what is known was lost stays unused.
    CHECK(static_cast<double>(all.all_spent) >= (what == event::redis_goes ? 0.9 : 0.7) * 3e6);
  }
}
