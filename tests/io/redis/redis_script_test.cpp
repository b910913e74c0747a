#include "io/redis/redis_script.hpp"

#include <doctest/doctest.h>

#include "tests/support/redis_process.hpp"

using namespace retort;
using io::redis_script;
using test::redis_process, test::in_time;

namespace {

using texts = std::vector<std::string>;
const std::string counting =
    "return {KEYS[1], ARGV[1], tostring(redis.call('INCR', KEYS[1])), 'plain'}";

}  // namespace

TEST_CASE("a script is sent once, then called by its name") {
  const redis_process redis;
  redis_script script(redis.address(), counting);
  CHECK(script.call({"k"}, {"a"}, in_time()).value() == texts{"k", "a", "1", "plain"});
  CHECK(script.call({"k"}, {"b"}, in_time()).value() == texts{"k", "b", "2", "plain"});
  const std::string stats = redis.say({"INFO", "commandstats"}).at(0);
  CHECK(stats.find("cmdstat_eval:calls=1,") != std::string::npos);
  CHECK(stats.find("cmdstat_evalsha:calls=2,") != std::string::npos);
}

TEST_CASE("it goes on after the server forgot it, was restarted, or let the connection go") {
  redis_process redis;
  redis_script script(redis.address(), counting);
  (void)script.call({"k"}, {"a"}, in_time());
  redis.say({"SCRIPT", "FLUSH"});
  CHECK(script.call({"k"}, {"a"}, in_time()).value().at(2) == "2");
  redis.say({"CLIENT", "KILL", "TYPE", "normal"});
  CHECK_FALSE(script.call({"k"}, {"a"}, in_time()).has_value());  // whether it ran is not known
  CHECK(script.call({"k"}, {"a"}, in_time()).value().at(2) == "3");
  redis.kill();
  CHECK_FALSE(script.call({"k"}, {"a"}, in_time()).has_value());
  CHECK(script.call({"k"}, {"a"}, in_time()).error().code == errc::connect);
  redis.start();
  CHECK(script.call({"k"}, {"a"}, in_time()).value().at(2) == "1");
}

TEST_CASE("what a script fails of is told") {
  const redis_process redis;
  redis_script script(redis.address(), "return redis.call('NOSUCH')");
  const auto got = script.call({}, {}, in_time());
  REQUIRE_FALSE(got.has_value());
  CHECK(got.error().message.find("says: ") != std::string::npos);
}
