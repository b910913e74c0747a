// Tasks that share an account and a budget by lease.lua, in virtual time: they come and go, die,
// are idle, and lose the one that deals. One thread.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <functional>
#include <memory>
#include <queue>
#include <random>
#include <string>
#include <vector>

#include "engine/lease/account_slice.hpp"
#include "engine/lease/budget_slice.hpp"
#include "engine/lease/lease_script.hpp"
#include "tests/support/lua_redis.hpp"

namespace retort::test {

using namespace std::chrono_literals;

// What was used of a quota: how much, and how much more than its rate in any stretch of time.
class used_quota {
 public:
  explicit used_quota(double per_second) : rate_(per_second) {}
  void add(double amount, double now_s) {
    ahead_ = std::max(0.0, ahead_ - (now_s - at_s_) * rate_) + amount;
    at_s_ = now_s;
    most_ahead_ = std::max(most_ahead_, ahead_);
    total_ += amount;
  }
  double total() const { return total_; }
  // Of a bucket of that rate that would never have refused, the least capacity, in seconds' worth.
  double burst_s() const { return most_ahead_ / rate_; }

 private:
  double rate_, ahead_ = 0, at_s_ = 0, most_ahead_ = 0, total_ = 0;
};

struct simulated_cluster {
  struct settings {
    std::size_t tasks = 1000;
    double rps = 500;
    double tps = 0;                           // tokens; 0: not limited
    std::uint32_t places = 0;                 // 0: not limited
    std::int64_t budget = 0;                  // tokens; 0: not limited
    double tokens = 500, most_tokens = 2000;  // of a request, and at its worst
    double latency_s = 3;
    std::uint64_t seed = 1;
  };

  struct task {
    std::string name;
    std::unique_ptr<engine::account_slice> account;
    std::unique_ptr<engine::budget_slice> budget;
    std::int64_t spent = 0, reserved = 0, lacking = 0;  // spent: also by earlier processes of it
    std::priority_queue<double, std::vector<double>, std::greater<>>
        ends_s;  // of what is in flight
    double asks_at_s = 0, asked_at_s = -1, joined_s = 0;
    double demand = 1e9;  // requests per second it would send
    double demanded = 0;  // that are waiting
    double comes_at_s = 0;
    bool cut_off = false;
    bool is_alive() const { return account != nullptr; }
  };

  explicit simulated_cluster(const settings& how)
      : of(how),
        redis(engine::lease_script),
        random(how.seed),
        requests(how.rps),
        tokens(std::max(1.0, how.tps)) {
    tasks.resize(of.tasks);
    for (std::size_t i = 0; i < tasks.size(); ++i) tasks[i].name = "t" + std::to_string(i);
  }

  static constexpr double step_s = 0.1;

  engine::account_slice::time_point time() const {
    return engine::account_slice::time_point(1h) +
           std::chrono::milliseconds(std::llround(now_s * 1000));
  }
  double drawn(double low, double high) {
    return std::uniform_real_distribution<>(low, high)(random);
  }

  engine::limits_config limits() const {
    engine::limits_config stated;
    stated.rps = of.rps;
    if (of.tps > 0) stated.tpm = of.tps * 60;
    if (of.places > 0) stated.concurrency = of.places;
    return stated;
  }

  void start(task& one) {
    one.account = std::make_unique<engine::account_slice>(
        limits(), static_cast<std::int64_t>(of.tasks), time());
    one.lacking = 0;
    one.demanded = 0;
    one.asks_at_s = one.joined_s = now_s;
    if (of.budget == 0) return;
    one.budget = std::make_unique<engine::budget_slice>(
        engine::budget_slice::measures<std::optional<std::int64_t>>{of.budget, std::nullopt},
        one.name, static_cast<std::int64_t>(of.tasks));
    one.budget->begin({one.spent, 0});
  }
  // As kill -9: what was in flight may have been billed, and is in no ledger.
  void kill(task& one) {
    one.account.reset();
    one.budget.reset();
    in_flight -= one.ends_s.size();
    one.ends_s = {};
    one.reserved = 0;
    one.comes_at_s = now_s + drawn(5, 40);
  }
  void leave(task& one) {
    if (redis_is_there && !one.cut_off) call(one, false);
    kill(one);
  }

  void run_until(double end_s) {
    for (; now_s < end_s; now_s += step_s) {
      clock_ms += static_cast<std::int64_t>(step_s * 1000);
      redis.set_clock(clock_ms);
      if (each_step) each_step();
      for (task& one : tasks) {
        if (one.is_alive())
          live(one);
        else if (now_s >= one.comes_at_s)
          start(one);
      }
    }
  }

  void live(task& one) {
    one.account->advance(time());
    while (!one.ends_s.empty() && one.ends_s.top() <= now_s) finish(one);
    one.demanded = std::min(one.demanded + one.demand * step_s, std::max(1.0, one.demand * 2));
    while (one.demanded >= 1 && send(one)) one.demanded -= 1;
    if (is_due(one)) call(one, true);
  }

  bool is_due(const task& one) const {
    if (now_s >= one.asks_at_s) return true;
    const double since = now_s - one.asked_at_s;
    return since >= 0.2 &&
           (one.account->is_wanting() || (now_s < one.joined_s + 3 && since >= 0.5));
  }

  bool send(task& one) {
    bool may = one.account->has_place();
    one.account->each_quota([&](providers::quota what, engine::quota_slice& slice) {
      may &= slice.has(what == providers::quota::requests ? 1 : of.tokens);
    });
    if (!may || !reserve(one)) return false;
    one.account->each_quota([&](providers::quota what, engine::quota_slice& slice) {
      slice.take(what == providers::quota::requests ? 1 : of.tokens);
    });
    one.account->enter();
    requests.add(1, now_s);
    tokens.add(of.tokens, now_s);
    ++in_flight;
    most_in_flight = std::max(most_in_flight, in_flight);
    one.ends_s.push(now_s + drawn(0.5, 1.5) * of.latency_s);
    return true;
  }

  bool reserve(task& one) {
    if (!one.budget) return true;
    const auto worst = static_cast<std::int64_t>(of.most_tokens);
    const bool fits = one.spent + one.reserved + worst <= one.budget->held()[0];
    one.lacking = fits ? 0 : worst;
    if (fits) one.reserved += worst;
    return fits;
  }

  void finish(task& one) {
    one.ends_s.pop();
    one.account->leave();
    --in_flight;
    if (!one.budget) return;
    const auto cost = static_cast<std::int64_t>(drawn(0.5, 1.5) * of.tokens);
    one.reserved -= static_cast<std::int64_t>(of.most_tokens);
    one.spent += cost;
    all_spent += cost;
  }

  void call(task& one, bool stays) {
    one.asked_at_s = now_s;
    one.asks_at_s = now_s + drawn(0.9, 1.1);
    engine::lease_call said(one.name, stays);
    said.about("account");
    one.account->ask(said);
    if (one.budget) {
      said.about("budget");
      one.budget->ask(said, {engine::budget_slice::use{one.spent, one.reserved, one.lacking}, {}},
                      time());
    }
    if (!redis_is_there || one.cut_off) return;
    ++calls;
    if (drawn(0, 1) < lost_questions) return;
    auto words = redis.eval(said.pools(), said.words());
    if (drawn(0, 1) < lost_answers) return;
    engine::lease_reply reply(std::move(words));
    one.account->hear(reply, time(), time());
    if (one.budget) one.budget->hear(reply, time());
    if (one.budget && one.budget->is_base_unknown()) {
      one.budget->found({all_spent, 0});
      one.asks_at_s = now_s;
    }
  }

  settings of;
  lua_redis redis;
  std::mt19937_64 random;
  std::vector<task> tasks;
  double now_s = 0;
  std::int64_t clock_ms = 1'800'000'000'000;
  bool redis_is_there = true;
  double lost_questions = 0, lost_answers = 0;
  std::function<void()> each_step;

  used_quota requests, tokens;
  std::size_t in_flight = 0, most_in_flight = 0;
  std::int64_t all_spent = 0;
  std::uint64_t calls = 0;
};

}  // namespace retort::test
