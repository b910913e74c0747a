#include "io/redis/redis_link.hpp"

#include <doctest/doctest.h>

#include "tests/support/eventually.hpp"
#include "tests/support/http_checks.hpp"
#include "tests/support/redis_process.hpp"

using namespace retort;
using namespace std::chrono_literals;
using io::redis_link;
using test::redis_process, test::in_time;

namespace {

bool mentions(const std::string& text, std::string_view what) {
  return text.find(what) != std::string::npos;
}

error refusal(const io::redis_server& to) {
  const auto opened = redis_link::open(to, in_time());
  REQUIRE_FALSE(opened.has_value());
  return opened.error();
}

}  // namespace

TEST_CASE("commands and their replies: texts, numbers, lists, errors and nothing") {
  const redis_process redis;
  const auto link = redis_link::open(redis.address(), in_time()).value();
  const auto say = [&](const std::vector<std::string>& words) {
    return link->call(words, in_time()).value();
  };
  using texts = std::vector<std::string>;
  CHECK(say({"SET", "a key", std::string("b\0\r\n", 4)}).words == texts{"OK"});
  CHECK(say({"GET", "a key"}).words == texts{std::string("b\0\r\n", 4)});
  CHECK(say({"GET", "none"}).words == texts{""});
  CHECK(say({"INCRBY", "n", "41"}).words == texts{"41"});
  CHECK(say({"MGET", "n", "none"}).words == texts{"41", ""});
  const auto wrong = say({"INCR", "a key"});
  CHECK(wrong.is_error);
  CHECK(mentions(wrong.words.at(0), "not an integer"));
  const std::string large(700'000, 'x');
  say({"SET", "large", large});
  CHECK(say({"GET", "large"}).words == texts{large});
}

TEST_CASE("a server whose port is taken is started on another") {
  const redis_process first;
  const redis_process other({.port = first.address().port});
  CHECK(other.address().port != first.address().port);
  first.say({"SET", "k", "first"});
  CHECK(other.say({"GET", "k"}) == std::vector<std::string>{""});
}

TEST_CASE("a reply of more than a megabyte ends the link") {
  const redis_process redis;
  const auto link = redis_link::open(redis.address(), in_time()).value();
  (void)link->call({"SETRANGE", "k", "2000000", "x"}, in_time());
  const auto got = link->call({"GET", "k"}, in_time());
  REQUIRE_FALSE(got.has_value());
  CHECK(got.error().code == errc::protocol);
}

TEST_CASE("a password lets in, a wrong one or none does not, and none is ever shown") {
  const redis_process redis({.password = "right-SECRET"});
  io::redis_server to = redis.address();
  CHECK(redis_link::open(to, in_time()).has_value());
  for (const char* password : {"", "wrong-SECRET"}) {
    to.password = password;
    const error why = refusal(to);
    CHECK(why.code == errc::usage);
    CHECK(mentions(why.message, *password ? "WRONGPASS" : "NOAUTH"));
    CHECK_FALSE(mentions(why.message, "SECRET"));
  }
}

TEST_CASE("a user of the server's list is let in with a password of any bytes") {
  const redis_process redis;
  redis.say({"ACL", "SETUSER", "task@1", "on", "> p\xc3\xa9 SECRET\n", "~*", "+@all"});
  redis.say({"ACL", "SETUSER", "default", "off"});
  io::redis_server to = redis.address();
  to.user = "task@1";
  to.password = " p\xc3\xa9 SECRET\n";
  const auto link = redis_link::open(to, in_time()).value();
  CHECK(link->call({"ACL", "WHOAMI"}, in_time()).value().words.at(0) == "task@1");
  to.password = "other SECRET";
  CHECK(mentions(refusal(to).message, "WRONGPASS"));
  to.user = "";
  CHECK_FALSE(mentions(refusal(to).message, "SECRET"));
}

TEST_CASE("a server that repeats a password is not quoted") {
  const redis_process redis({.more = {"--rename-command", "AUTH", ""}});
  io::redis_server to = redis.address();
  to.password = "SECRET";
  CHECK(refusal(to).message == to.shown() + " says to AUTH: what holds the password (not shown)");
}

TEST_CASE("a database that is not there is named") {
  const redis_process redis;
  io::redis_server to = redis.address();
  to.database = 4000;
  CHECK(mentions(refusal(to).message, "says to SELECT: ERR DB index is out of range"));
}

TEST_CASE("under TLS the server's authority and its name are checked") {
  const redis_process redis({.tls = true});
  io::redis_server to = redis.address();
  CHECK(redis_link::open(to, in_time()).value()->call({"PING"}, in_time()).value().words.at(0) ==
        "PONG");
  to.ca_file = "";
  CHECK(refusal(to).code == errc::certificate);
  const redis_process elsewhere({.tls = true, .host = "other.example"});
  const error why = refusal(elsewhere.address());
  CHECK(why.code == errc::certificate);
  CHECK(mentions(why.message, "wrong host name"));
  const redis_process strict(
      {.tls = true, .more = {"--tls-auth-clients", "yes", "--tls-ca-cert-dir", "/"}});
  // It closes at once: every other time what it says is lost with the connection.
  CHECK(test::eventually([&] {
    return refusal(strict.address()).message ==
           "the connection to Redis ended: tlsv13 alert certificate required";
  }));
}

TEST_CASE("nobody there, somebody silent, somebody else") {
  io::redis_server to;
  to.host = "127.0.0.1";
  to.port = test::free_port();
  const error refused = refusal(to);
  CHECK(refused.code == errc::connect);
  CHECK(mentions(refused.message, "no connection to redis://127.0.0.1:"));
  to.host = "no.such.host.invalid";
  CHECK(refusal(to).code == errc::resolve);

  const redis_process redis;
  const auto link = redis_link::open(redis.address(), in_time()).value();
  const auto late = link->call({"BLPOP", "never", "0"}, std::chrono::steady_clock::now() + 100ms);
  REQUIRE_FALSE(late.has_value());
  CHECK(late.error().code == errc::timeout);

  io::redis_server plain = redis.address();
  plain.tls = true;
  const auto mute = redis_link::open(plain, std::chrono::steady_clock::now() + 300ms);
  REQUIRE_FALSE(mute.has_value());
  CHECK(mute.error().code == errc::timeout);
}
