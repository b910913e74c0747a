#include "io/redis/redis_server.hpp"

#include <doctest/doctest.h>

using namespace retort;
using io::parse_redis_server;

TEST_CASE("a Redis is a host, a port and a database, plain or under TLS") {
  const struct {
    const char* url;
    const char* host;
    std::uint16_t port;
    std::uint32_t database;
    bool tls;
    const char* shown;
  } table[] = {
      {"redis://h", "h", 6379, 0, false, "redis://h:6379/0"},
      {"redis://h/", "h", 6379, 0, false, "redis://h:6379/0"},
      {"rediss://cache.example:6380/3", "cache.example", 6380, 3, true,
       "rediss://cache.example:6380/3"},
      {"redis://127.0.0.1:7000", "127.0.0.1", 7000, 0, false, "redis://127.0.0.1:7000/0"},
      {"redis://[::1]:7000/1", "::1", 7000, 1, false, "redis://[::1]:7000/1"},
  };
  for (const auto& [url, host, port, database, tls, shown] : table) {
    CAPTURE(std::string(url));
    const auto got = parse_redis_server(url);
    REQUIRE(got.has_value());
    CHECK(got->host == host);
    CHECK(got->port == port);
    CHECK(got->database == database);
    CHECK(got->tls == tls);
    CHECK(got->shown() == shown);
  }
}

TEST_CASE("a user may stand in it, and is not shown") {
  const auto got = parse_redis_server("redis://task%40one@h:7000/1").value();
  CHECK(got.user == "task@one");
  CHECK(got.shown() == "redis://h:7000/1");
  CHECK(parse_redis_server("redis://h").value().user == "");
}

TEST_CASE("what is no such URL is refused, and no password is shown") {
  const std::pair<const char*, const char*> table[] = {
      {"", "is not a redis:// or rediss:// URL"},
      {"host:6379", "is not a redis:// or rediss:// URL"},
      {"http://h", "is not a redis:// or rediss:// URL"},
      {"redis://:SECRET@h", "holds a password (not shown); use shared_key_env or shared_key_file"},
      {"redis://u:SECRET@h", "holds a password (not shown); use shared_key_env or shared_key_file"},
      {"redis:///0", "names no host"},
      {"redis://h:0", "has no port from 1 to 65535"},
      {"redis://h:99999", "has no port from 1 to 65535"},
      {"redis://h/x", "has a path that is no database's number; expected /0 or none"},
      {"redis://h/-1", "has a path that is no database's number; expected /0 or none"},
      {"redis://h/0/1", "has a path that is no database's number; expected /0 or none"},
      {"redis://h/99999", "has a path that is no database's number; expected /0 or none"},
      {"redis://h?x=1", "has a query or fragment"},
  };
  for (const auto& [url, what] : table) {
    CAPTURE(std::string(url));
    const auto got = parse_redis_server(url);
    REQUIRE_FALSE(got.has_value());
    CHECK(got.error().message == what);
  }
}
