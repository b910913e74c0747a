// Limits that are shared end to end: the real `retort`, a real Redis, a provider that enforces.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <signal.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>

#include "tests/support/eventually.hpp"
#include "tests/support/http_checks.hpp"
#include "tests/support/redis_process.hpp"
#include "tests/support/rehearsal.hpp"

using namespace retort;
using namespace retort::test;

namespace {

bool mentions(const std::string& text, std::string_view what) {
  return text.find(what) != std::string::npos;
}

std::vector<std::string> sharing(const std::string& url, const std::string& more) {
  return {"--set", "models.0.concurrency=", "--set",
          fmt::format("models.0.limits={{{}, shared: \"{}\"}}", more, url)};
}

mock::options limited(double rpm) {
  mock::options chosen;
  chosen.rpm = rpm;
  chosen.burst_s = 5;
  chosen.latency_ms = 5;
  return chosen;
}

// In all files below a directory.
bool is_anywhere(const std::string& directory, const std::string& word) {
  for (const auto& one : std::filesystem::recursive_directory_iterator(directory)) {
    if (!one.is_regular_file()) continue;
    std::ifstream file(one.path());
    const std::string text(std::istreambuf_iterator<char>(file), {});
    if (mentions(text, word)) return true;
  }
  return false;
}

start_options knowing(const std::string& password) {
  start_options out;
  out.environment = {{"REDIS_WORD", password}};
  return out;
}

}  // namespace

TEST_CASE("a Redis that is not there: one line, status 2, nothing sent and no run begun") {
  const rehearsal run(20);
  const outcome left =
      run.run(sharing(fmt::format("redis://127.0.0.1:{}", free_port()), "rps: 50"));
  CHECK(left.status == 2);
  CHECK(mentions(left.errors, "models[0]: limits.shared: no connection to redis://127.0.0.1:"));
  CHECK(mentions(left.errors, "(nothing was sent)"));
  CHECK(run.seen().requests == 0);
  CHECK_FALSE(std::filesystem::exists(run.path("run")));
}

TEST_CASE("under TLS and with a password, which is in no file and no message") {
  const rehearsal run(40);
  const redis_process redis({.tls = true});
  const std::string word = "xyzzy SECR\xc3\x89T";
  redis.say({"ACL", "SETUSER", "task", "on", ">" + word, "~retort:*", "+@all"});
  redis.say({"ACL", "SETUSER", "default", "off"});
  auto flags = sharing("rediss://task@" + redis.url().substr(9),
                       fmt::format("rps: 200, concurrency: 8, shared_ca_file: {}, "
                                   "shared_key_env: REDIS_WORD",
                                   redis.ca_file()));
  const outcome unset = run.run(flags);
  CHECK(unset.status == 2);
  CHECK(mentions(unset.errors, "the variable REDIS_WORD (limits.shared_key_env) is not set"));
  const outcome wrong = run.run(flags, knowing("wrong-SECRET"));
  CHECK(wrong.status == 2);
  CHECK(mentions(wrong.errors, "WRONGPASS"));
  const outcome left = run.run(flags, knowing(word));
  INFO(left.errors);
  CHECK(left.status == 0);
  CHECK(run.seen().answered == 40);
  for (const std::string& text : {unset.errors, wrong.errors, left.errors, left.output}) {
    CHECK_FALSE(mentions(text, "SECR"));
  }
  CHECK_FALSE(is_anywhere(run.files().path(), "SECR"));
}

TEST_CASE("two runs under one account's quota, and the provider refuses none of them") {
  const rehearsal run(200, limited(6000));
  const redis_process redis;
  auto flags = sharing(redis.url(), "rpm: 6000");
  std::vector<child_process> both;
  for (const char* name : {"one", "two"}) {
    flags.insert(flags.end(), {"--set", fmt::format("run_dir={}", name)});
    both.push_back(run.start_run(flags));
  }
  for (auto& one : both) CHECK(one.wait() == 0);
  CHECK(run.seen().answered == 400);
  CHECK(run.seen().rate_limited == 0);
}

TEST_CASE("however an endpoint is spelt, its account is one") {
  mock::options chosen;
  chosen.plain = true;
  const rehearsal run(3, chosen);
  const redis_process redis;
  const std::string one = run.provider().base_url(), port = one.substr(one.rfind(':'));
  for (const char* host : {"http://localhost", "http://LOCALHOST"}) {
    auto flags = sharing(redis.url(), "rps: 50");
    flags.insert(flags.end(),
                 {"--fresh", "--set", fmt::format("models.0.base_url={}{}", host, port)});
    const outcome left = run.run(flags);
    INFO(left.errors);
    CHECK(left.status == 0);
  }
  const auto keys = redis.say({"KEYS", "retort:account:*"});
  const auto ends = [](const std::string& key) {
    return key.ends_with(":m") || key.ends_with(":h");
  };
  CHECK(std::ranges::count_if(keys, std::not_fn(ends)) == 1);
}

TEST_CASE("a quota of endpoints that come and go is the list's, however many there are") {
  mock::options chosen = limited(3000);
  chosen.plain = true;
  const rehearsal run(150, chosen);
  const redis_process redis;
  const auto list = [&](const std::string& text) {
    run.files().file("new", text);
    std::filesystem::rename(run.path("new"), run.path("list.txt"));
  };
  const std::string one = run.provider().base_url(), port = one.substr(one.rfind(':'));
  list(one + "\n");
  std::vector<child_process> both;
  for (const char* path : {"list.txt", "../{}/list.txt"}) {
    const std::string own = std::filesystem::path(run.files().path()).filename().string();
    both.push_back(run.start_run(
        {"--plain", "--set", fmt::format("run_dir=run{}", both.size()), "--set",
         fmt::format("models=[{{provider: openai, model: m, endpoints: {{file: {}}}, limits: "
                     "{{rpm: 3000, concurrency: 16, shared: \"{}\"}}}}]",
                     fmt::format(fmt::runtime(path), own), redis.url())}));
  }
  REQUIRE(eventually([&] { return run.seen().answered >= 40 || !both[0].is_running(); }));
  list(one + "\nhttp://localhost" + port + "\n");  // the same server, which counts for both
  for (child_process& each : both) {
    const outcome left = finish(std::move(each));
    INFO(left.errors);
    CHECK(left.status == 0);
    CHECK(mentions(left.errors, "list.txt: endpoints from now on: 2, new: 1, gone: 0"));
  }
  CHECK(run.seen().answered == 300);
  CHECK(run.seen().rate_limited == 0);
}

TEST_CASE("twelve shards under one quota keep it while some are killed, and Redis as well") {
  constexpr std::size_t records = 1200;
  const rehearsal run(records, limited(6000));
  redis_process redis;
  auto flags = sharing(redis.url(), "rpm: 6000, concurrency: 96");
  flags.insert(flags.end(), {"--shard", ""});
  std::vector<child_process> tasks;
  const auto start = [&](std::size_t i) {
    flags.back() = fmt::format("{}/12", i);
    return run.start_run(flags);
  };
  for (std::size_t i = 0; i < 12; ++i) tasks.push_back(start(i));
  const auto wait_for = [&](std::uint64_t answered) {
    return eventually([&] {
      return run.seen().answered >= answered ||
             std::ranges::none_of(tasks, &child_process::is_running);
    });
  };
  REQUIRE(wait_for(200));
  for (const std::size_t i : {3u, 7u}) {
    tasks[i].signal(SIGKILL);
    CHECK(tasks[i].wait() == 128 + SIGKILL);
    tasks.push_back(start(i));
  }
  REQUIRE(wait_for(400));
  redis.kill();
  REQUIRE(wait_for(700));
  redis.start();
  for (std::size_t i = 0; i < tasks.size(); ++i) {
    if (i == 3 || i == 7) continue;
    const outcome left = finish(std::move(tasks[i]));
    INFO(left.errors);
    CHECK(left.status == 0);
  }
  const mock::counters seen = run.seen();
  CHECK(seen.answered == records + seen.repeats);
  CHECK(seen.rate_limited * 100 <= seen.requests);
}

TEST_CASE("a shared budget is kept, also by a process that goes on after Redis has lost it") {
  const rehearsal run(1000);
  redis_process redis;
  auto flags = sharing(redis.url(), "rps: 1000, concurrency: 4");
  const auto with_budget = [&](int tokens) {
    auto all = flags;
    all.insert(all.end(), {"--set", "sampling.max_tokens=20", "--set",
                           fmt::format("budget={{tokens: {}}}", tokens)});
    return all;
  };
  const auto used = [&] { return run.seen().prompt_tokens + run.seen().completion_tokens; };
  const outcome first = run.run(with_budget(6000));
  CHECK(first.status == 75);
  CHECK(mentions(first.errors, "the run's budget is used up, or held by its other tasks"));
  CHECK(used() <= 6000);
  CHECK(used() >= 4000);
  redis.say({"FLUSHALL"});
  const outcome again = run.run(with_budget(7000));
  CHECK(again.status == 75);
  CHECK(used() <= 7000);
  CHECK(used() > 6000);
}
