#include "providers/stream/call_pieces.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace retort::providers;

namespace {

// The calls of a stream whose deltas these are, as "id name arguments" each.
std::vector<std::string> joined(const std::vector<std::string>& deltas) {
  call_pieces pieces;
  std::vector<tool_call> calls;
  for (const std::string& each : deltas) pieces.add(parse_json_body(each), calls);
  std::vector<std::string> shown;
  for (const tool_call& each : calls) {
    shown.push_back(each.id + " " + each.name + " " + each.arguments);
  }
  return shown;
}

using list = std::vector<std::string>;

}  // namespace

TEST_CASE("what is no list of calls adds none") {
  CHECK(joined({"{}", "1", "null", "[]", "[null]", "[1]", R"([{"function":null}])"}).empty());
}

TEST_CASE("a brace in a string does not end a call's arguments") {
  CHECK(
      joined({R"([{"index":0,"id":"a","function":{"name":"f","arguments":"{\"x\":\"}\\\\\\\"}"}}])",
              R"([{"index":0,"id":"a","function":{"name":"f","arguments":"\"}"}}])"}) ==
      list{R"(a f {"x":"}\\\"}"})"});
}

TEST_CASE("a second call of a function without index and id is a call of its own") {
  CHECK(joined({R"([{"function":{"name":"f","arguments":"{}"}}])",
                R"([{"function":{"name":"f","arguments":"{}"}}])"}) == list{" f {}", " f {}"});
}

TEST_CASE("an id that comes late is the call's that has none") {
  CHECK(joined({R"([{"index":0,"function":{"name":"f"}}])",
                R"([{"index":0,"id":"a","function":{"arguments":"{}"}}])"}) == list{"a f {}"});
}

TEST_CASE("a name in pieces is joined, a whole call that comes again is not") {
  CHECK(joined({R"([{"index":0,"id":"a","function":{"name":"get_"}}])",
                R"([{"index":0,"function":{"name":"time","arguments":"{}"}}])",
                R"([{"index":0,"id":"a","function":{"name":"get_time","arguments":"{}"}}])"}) ==
        list{"a get_time {}"});
}

TEST_CASE("an index below 0 or of another type is none") {
  CHECK(joined({R"([{"index":-1,"id":"a","function":{"name":"f","arguments":"{"}}])",
                R"([{"index":"x","function":{"arguments":"}"}}])"}) == list{"a f {}"});
}

TEST_CASE("arguments are text or an object") {
  CHECK(arguments_of(parse_json_body(R"({"a": 1})")) == R"({"a":1})");
  CHECK(arguments_of(parse_json_body(R"({"a": [12345678901234567890123, 1.10, 1e400]})")) ==
        R"({"a":[12345678901234567890123,1.10,1e400]})");
  CHECK(arguments_of(parse_json_body(R"("{ }")")) == "{ }");
  CHECK(arguments_of(parse_json_body("null")) == "");
}
