#include "providers/stream/event_shape.hpp"

#include <doctest/doctest.h>

using namespace retort::providers;

namespace {

std::string event(std::string_view piece, int n = 1) {
  return R"({"n":)" + std::to_string(n) + R"(,"delta":{"content":")" + std::string(piece) +
         R"("},"finish":null})";
}

}  // namespace

TEST_CASE("an event like the last one gives its piece") {
  event_shape shape;
  CHECK_FALSE(shape.match(event("a")).has_value());
  shape.learn(event("a"), "a");
  CHECK(shape.match(event("b")).value().piece == "b");
  CHECK(shape.match(event("")).value().piece == "");
  CHECK(shape.match(event("caf\xc3\xa9 {},:")).value().piece == "caf\xc3\xa9 {},:");
  CHECK(shape.match(event("long ") + "").value().piece == "long ");
  CHECK(shape.match(event("b") + event("c")).value().bytes == event("b").size());
  shape.forget();
  CHECK_FALSE(shape.match(event("b")).has_value());
}

TEST_CASE("what is not quite like it, or not plain text, is parsed") {
  event_shape shape;
  shape.learn(event("a"), "a");
  for (const std::string& other :
       {event("a", 2), event("a\\n"), event("a\nb"), event("a\xff"), event("a\xc3"),
        event(R"(a","x":"b)"), event("a").substr(0, event("a").size() - 1), std::string(),
        std::string("{}"), event("").substr(1), std::string(R"({"n":1,"delta":{"content":")")}) {
    CAPTURE(other);
    CHECK_FALSE(shape.match(other).has_value());
  }
}

TEST_CASE("a piece whose place is not certain is not learnt") {
  event_shape shape;
  shape.learn(R"({"role":"a","content":"a"})", "a");
  CHECK_FALSE(shape.match(R"({"role":"a","content":"b"})").has_value());
  shape.learn(R"({"content":"a\n"})", "a\n");
  CHECK_FALSE(shape.match(R"({"content":"b"})").has_value());
  shape.learn(R"({"content":["a","b"]})", "ab");
  CHECK_FALSE(shape.match(R"({"content":["a","b"]})").has_value());
  shape.learn(R"({"content":"\u0061","x":"a"})", "a");
  CHECK_FALSE(shape.match(R"({"content":"\u0061","x":"a"})").has_value());
  shape.learn(R"({"content":""})", "");
  CHECK_FALSE(shape.match(R"({"content":""})").has_value());
}

TEST_CASE("a piece is placed in an event of any size, however often it occurs") {
  const std::string piece(100'000, 'a');
  const std::string many(300'000, 'a');
  event_shape shape;
  shape.learn(R"({"x":")" + many + R"(","c":")" + piece + R"("})", piece);
  const std::string other = R"({"x":")" + many + R"(","c":"b"})";
  REQUIRE(shape.match(other).has_value());
  CHECK(shape.match(other)->piece == "b");
}

TEST_CASE("a stream whose events never match is not learnt for ever") {
  event_shape shape;
  for (int n = 0; n < 100; ++n) {
    CHECK_FALSE(shape.match(event("a", n)).has_value());
    shape.learn(event("a", n), "a");
  }
  CHECK_FALSE(shape.match(event("b", 99)).has_value());
}
