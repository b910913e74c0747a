#include "engine/lease/lease_keeper.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <deque>
#include <optional>

#include "tests/support/http_checks.hpp"
#include "tests/support/redis_process.hpp"
#include "tests/support/slow_way.hpp"

using namespace retort;
using namespace std::chrono_literals;
using engine::account_slice;
using engine::budget_slice;
using engine::lease_keeper;
using test::redis_process;

namespace {

using clock_type = std::chrono::steady_clock;

constexpr std::uint64_t per_second = 200;
constexpr std::size_t tasks = 12;
constexpr auto latency = 100ms;

// One of a cluster's tasks, whose every request goes as soon as it may.
struct task {
  task(boost::asio::io_context& on, const io::redis_server& at, const std::string& name_,
       std::optional<std::uint32_t> places = {})
      : name(name_), keeper(on.get_executor(), at) {
    engine::limits_config stated;
    stated.rps = static_cast<double>(per_second);
    stated.concurrency = places;
    account = keeper.account("account", stated, tasks);
    keeper.changed = [] {};
    keeper.say = [this](const std::string& line) { said.push_back(line); };
  }
  void begin() {
    REQUIRE(keeper.join(name).has_value());
    keeper.begin();
  }
  void send() {
    const auto now = clock_type::now();
    if (is_idle) return;
    for (; !ends.empty() && ends.front() <= now; ends.pop_front()) account->leave();
    account->each_quota([&](providers::quota, engine::quota_slice& slice) {
      for (slice.advance(now); account->has_place() && slice.has(1); ++sent) {
        slice.take(1);
        account->enter();
        ends.push_back(now + latency);
      }
    });
  }

  std::string name;
  lease_keeper keeper;
  account_slice* account;
  bool is_idle = false;
  std::uint64_t sent = 0;
  std::deque<clock_type::time_point> ends;  // of what is in flight
  std::vector<std::string> said;
};

struct cluster {
  explicit cluster(const redis_process& at, std::optional<std::uint32_t> places = {}) {
    for (std::size_t i = 0; i < tasks; ++i) {
      all.push_back(std::make_unique<task>(on, at.address(), "t" + std::to_string(i), places));
      all.back()->begin();
    }
  }
  ~cluster() {
    for (auto& one : all) one->keeper.end();
    on.run();
  }
  std::uint64_t sent() const {
    std::uint64_t sum = 0;
    for (const auto& one : all) sum += one->sent;
    return sum;
  }
  std::size_t in_flight() const {
    std::size_t sum = 0;
    for (const auto& one : all) sum += one->ends.size();
    return sum;
  }
  std::size_t alone() const {
    return static_cast<std::size_t>(
        std::ranges::count_if(all, [](const auto& one) { return one->account->is_alone(); }));
  }
  template <class Condition>
  bool run_until(const Condition& condition) {
    const auto end = clock_type::now() + test::patience;
    while (!condition() && clock_type::now() < end) {
      on.run_for(10ms);
      for (auto& one : all) one->send();
      most_in_flight = std::max(most_in_flight, in_flight());
    }
    return condition();
  }
  // What was sent was no more than there was since it began, and what a quota saves up.
  bool has_kept_the_quota() const {
    const std::chrono::duration<double> passed = clock_type::now() - began;
    return static_cast<double>(sent()) <= static_cast<double>(per_second) * (passed.count() + 4);
  }

  boost::asio::io_context on;
  clock_type::time_point began = clock_type::now();
  std::vector<std::unique_ptr<task>> all;
  std::size_t most_in_flight = 0;
};

// Of the script, and of all that it did.
std::uint64_t calls(const redis_process& redis) {
  const std::string stats = redis.say({"INFO", "commandstats"}).at(0);
  std::uint64_t sum = 0;
  for (std::size_t at = 0; (at = stats.find(":calls=", at)) != std::string::npos; at += 7) {
    sum += std::stoull(stats.substr(at + 7));
  }
  return sum;
}

}  // namespace

TEST_CASE("twelve share one quota by a Redis that is killed, comes back and forgets all") {
  redis_process redis;
  cluster all(redis);
  CHECK(all.run_until([&] { return all.sent() > 3 * per_second; }));
  CHECK(all.has_kept_the_quota());
  const double seconds = std::chrono::duration<double>(clock_type::now() - all.began).count();
  CHECK(static_cast<double>(calls(redis)) / tasks / seconds <= 20);

  redis.kill();
  CHECK(all.run_until([&] { return all.alone() == tasks; }));
  const std::uint64_t sent_before = all.sent();
  CHECK(all.run_until([&] { return all.sent() > sent_before + per_second; }));
  CHECK(all.has_kept_the_quota());
  CHECK(all.all[3]->said.size() == 1);
  CHECK(all.all[3]->said[0].find("going on with 1/12 of the limits until it is back") !=
        std::string::npos);

  redis.start();
  CHECK(all.run_until([&] { return all.alone() == 0; }));
  CHECK(all.all[3]->said.size() == 2);
  redis.say({"FLUSHALL"});
  const std::uint64_t flushed_at = all.sent();
  CHECK(all.run_until([&] { return all.sent() > flushed_at + 2 * per_second; }));
  CHECK(all.has_kept_the_quota());
}

TEST_CASE("a Redis that evicts keys: no more places are in use than there are, and then all are") {
  constexpr std::uint32_t places = 24;
  const redis_process redis;
  cluster all(redis, places);
  // One holds most of them when the others come to want some.
  for (auto& one : all.all) one->is_idle = one != all.all[0];
  REQUIRE(all.run_until([&] { return all.in_flight() >= places / 2; }));
  for (const char* key : {"account", "account:m", "account:h"}) {
    (void)redis.say({"DEL", key});
    for (auto& one : all.all) one->is_idle = false;
    const auto end = clock_type::now() + 2s;
    CHECK(all.run_until([&] { return clock_type::now() >= end; }));
  }
  CHECK(all.run_until([&] { return all.in_flight() >= places * 3 / 4; }));
  CHECK(all.most_in_flight <= places);
  CHECK(all.has_kept_the_quota());
  CHECK(redis.say({"ZCARD", "account:m"}).at(0) == std::to_string(tasks));
}

TEST_CASE("of limits that several entries state for one account the lowest count") {
  boost::asio::io_context on;
  lease_keeper keeper(on.get_executor(), {});
  engine::limits_config first, second;
  first.rpm = 600;
  first.tpm = 60'000;
  second.rps = 2;
  second.tpm = 120'000;
  second.output_tpm = 6'000;
  second.concurrency = 4;
  account_slice* const account = keeper.account("a", first, 1);
  CHECK(keeper.account("a", second, 1) == account);
  CHECK(account->has_places());
  std::vector<double> limits;
  account->each_quota([&](auto, const auto& of) { limits.push_back(of.limit()); });
  CHECK(limits == std::vector<double>{2, 1000, 100});
}

TEST_CASE("one that leaves says so, and the others have its part at once") {
  redis_process redis;
  cluster all(redis);
  const auto members = [&] { return redis.say({"ZCARD", "account:m"}).at(0); };
  CHECK(members() == "12");
  all.all[5]->keeper.end();
  CHECK(members() == "11");
}

TEST_CASE("a budget is given out, waited for, and found again by the ledgers when it was lost") {
  redis_process redis;
  boost::asio::io_context on;
  task one(on, redis.address(), "a");
  budget_slice::measures<budget_slice::use> used{budget_slice::use{100, 0, 50}, {}};
  budget_slice::measures<std::int64_t> held{};
  int asked_ledgers = 0;
  bool used_up = false;
  one.keeper.share({"budget", budget_slice({1000, std::nullopt}, "0/1", 1), [&] { return used; },
                    [&](const auto& now) { held = now; },
                    [&] {
                      ++asked_ledgers;
                      return result<budget_slice::measures<std::int64_t>>(
                          budget_slice::measures<std::int64_t>{700, 0});
                    },
                    [&] { used_up = true; }});
  one.begin();
  CHECK(asked_ledgers == 1);
  CHECK(held[0] == 300);  // what it has, and four times what is lacking; all hold 900
  used[0] = {800, 0, 201};
  const auto end = clock_type::now() + test::patience;
  while (!used_up && clock_type::now() < end) on.run_for(10ms);
  CHECK(used_up);
  one.keeper.end();
}

TEST_CASE("a Redis far away is reached again after it was lost; one too far is refused") {
  redis_process redis;
  const test::slow_way far(redis.address().port, 700ms), too_far(redis.address().port, 1100ms);
  boost::asio::io_context on;
  io::redis_server to = redis.address();
  to.port = far.port();
  task one(on, to, "a");
  REQUIRE(one.keeper.reach().has_value());
  redis.say({"CLIENT", "KILL", "TYPE", "normal"});  // while the run is prepared
  one.begin();
  const auto run_until = [&](bool is_alone) {
    const auto end = clock_type::now() + test::patience;
    while (one.account->is_alone() != is_alone && clock_type::now() < end) on.run_for(10ms);
    return one.account->is_alone() == is_alone;
  };
  redis.kill();
  CHECK(run_until(true));
  redis.start();
  CHECK(run_until(false));
  one.keeper.end();

  to.port = too_far.port();
  task other(on, to, "b");
  REQUIRE(other.keeper.reach().has_value());
  CHECK(other.keeper.join("b").error().message ==
        to.shown() + " does not answer within 1 s, too slow to share limits by");
}

TEST_CASE("nobody there, or somebody else: an error at the beginning") {
  boost::asio::io_context on;
  io::redis_server to;
  to.host = "127.0.0.1";
  to.port = test::free_port();
  task one(on, to, "a");
  CHECK(one.keeper.reach().error().code == errc::connect);
  CHECK(one.keeper.join("a").error().code == errc::connect);

  redis_process redis({.password = "p"});
  io::redis_server without = redis.address();
  without.password = "";
  task other(on, without, "b");
  CHECK(other.keeper.reach().error().code == errc::usage);
}
