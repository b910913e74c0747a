#include "providers/body/message_json.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace retort;
using namespace retort::providers;

namespace {

std::string written(const message& one, decltype(&write_message) write = write_message) {
  std::string out;
  io::json_writer json(out);
  write(json, one);
  return out;
}

}  // namespace

TEST_CASE("a message has what was given and nothing else") {
  CHECK(written({"user", "hi"}) == R"({"role":"user","content":"hi"})");
  CHECK(written({"assistant", ""}) == R"({"role":"assistant","content":""})");
  CHECK(written({"user", "hi", "ann"}) == R"({"role":"user","content":"hi","name":"ann"})");
  CHECK(written({"tool", "sunny", "", "c1"}) ==
        R"({"role":"tool","content":"sunny","tool_call_id":"c1"})");
}

TEST_CASE("calls alone have a content of null") {
  message one{"assistant", "", "", "", {{"c1", "f", R"({"a": 1})"}, {"", "g", ""}}};
  const std::string calls =
      R"("tool_calls":[{"id":"c1","type":"function","function":{"name":"f","arguments":"{\"a\": 1}"}},)"
      R"({"type":"function","function":{"name":"g","arguments":""}}]})";
  CHECK(written(one) == R"({"role":"assistant","content":null,)" + calls);
  one.content = "Let me see.";
  CHECK(written(one) == R"({"role":"assistant","content":"Let me see.",)" + calls);
}

TEST_CASE("what is for who trains with a message goes to no provider") {
  message one{"assistant", "4", "", "", {{"c1", "f", "{}"}}, "2 + 2", 0};
  const std::string calls =
      R"("tool_calls":[{"id":"c1","type":"function","function":{"name":"f","arguments":"{}"}}]})";
  CHECK(written(one) == R"({"role":"assistant","content":"4",)" + calls);
  CHECK(written(one, write_whole_message) ==
        R"({"role":"assistant","content":"4","reasoning_content":"2 + 2","weight":0,)" + calls);
  one = {"user", "hi"};
  one.weight = 1;
  CHECK(written(one) == R"({"role":"user","content":"hi"})");
  CHECK(written(one, write_whole_message) == R"({"role":"user","content":"hi","weight":1})");
}
