#include "providers/body/json_text.hpp"

#include <doctest/doctest.h>

using namespace retort::providers;

TEST_CASE("an object's members are what stands between its braces") {
  CHECK(members_of(R"({"a":1,"b":{}})") == R"("a":1,"b":{})");
  CHECK(members_of(" { \"a\" : 1 }\n") == "\"a\" : 1");
  CHECK(members_of("{}") == "");
  CHECK(members_of("{ \n}") == "");
  CHECK(members_of("") == "");
}

TEST_CASE("a member is split off an object") {
  const auto split = split_member(R"({"a":1,"g":{"x":[2]},"b \"c":"t"})", "g");
  CHECK(split.member == R"({"x":[2]})");
  CHECK(split.others == R"({"a":1,"b \"c":"t"})");
  CHECK(split_member(R"({"a":1})", "g").member == "");
  CHECK(split_member("", "g").others == "{}");
}

TEST_CASE("an object is told from other JSON and from none") {
  CHECK(is_json_object("{}"));
  for (const char* text : {"", "[]", "1", "{a: 1}", "{"}) CHECK_FALSE(is_json_object(text));
}
