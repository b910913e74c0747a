#include "engine/answers/json_answer.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using retort::engine::find_json_answer;

namespace {

// The text at "a", or the problem in brackets.
std::string found_in(std::string_view completion) {
  const std::vector<std::string> path{"a"};
  const auto found = find_json_answer(completion, path);
  return found.text ? *found.text : "[" + found.problem + "]";
}

}  // namespace

TEST_CASE("thinking, a fence and sentences around the JSON are passed over") {
  CHECK(found_in(R"({"a": 5})") == "5");
  CHECK(found_in("Here it is:\n```json\n{\"a\": \"5\"}\n```") == "5");
  CHECK(found_in("```json {\"a\": 5} ``` so") == "5");
  CHECK(found_in("<think>\n2+3\n</think>\n\n{\"a\": 5}") == "5");
  CHECK(found_in("<think>{\"a\": 4}</think>{\"a\": 5}") == "5");
  CHECK(found_in("{\"a\": 5}\nHope this helps") == "5");
  CHECK(found_in("\xEF\xBB\xBF{\"a\": 5}") == "5");
  CHECK(found_in("The set {1, 2} has {\"a\": 5} and \\frac{1}{2} of {x}") == "5");
  CHECK(found_in("{\"a\": \"} {\"} and so") == "} {");
  CHECK(found_in("{\n  \"a\": {\"b\": 1}, \"a\": 2} x") == "2");
  CHECK(found_in(R"({"a": 5, "b": 1, "a": 6, "c": 2})") == "6");
  CHECK(found_in("{\"a\": 2, \"\\u0061\": 3}") == "3");
  CHECK(found_in(R"(Here: [{"a": 5}, {"a": 6}])") == "[the JSON has no \"a\"]");
}

TEST_CASE("the last object is what a text says") {
  CHECK(found_in(R"({"a": 4}, no, {"a": 5})") == "5");
  CHECK(found_in(R"({"a": 4}, no, {"b": 5})") == "[the JSON has no \"a\"]");
  CHECK(found_in(R"({"a": 4}, no, {'a': 5})") == "[no valid JSON]");
  CHECK(found_in(R"({"a": 4}, no, {a: 5})") == "[no valid JSON]");
  CHECK(found_in(R"({"a": 4}, no, {"a": 5,})") == "[no valid JSON]");
}

TEST_CASE("what stands in brackets beside an object does not take its place") {
  for (const char* line : {"[note]", "[truncated]", "[n = 2", "[1]", "[true]", "[1", "[{x}]",
                           "[\"x", "[false alarm]"}) {
    CAPTURE(line);
    CHECK(found_in("{\"a\": 3}\n" + std::string(line)) == "3");
  }
  CHECK(found_in("[note that \"x]\n{\"a\": 3}") == "3");
  CHECK(found_in("[1 \"x]\n{\"a\": 3}") == "3");
  CHECK(found_in("[1]\n{\"a\": 3}") == "3");
  CHECK(found_in("So:\n[true, 2]") == "[the JSON has no \"a\"]");
  CHECK(found_in("So:\n[3]\n[1, 2") == "[no whole JSON object]");
}

TEST_CASE("of what was cut off nothing counts, what is nested in it neither") {
  CHECK(found_in(R"({"a": 4}, no, {"a": 5)") == "[no whole JSON object]");
  CHECK(found_in(R"({"examples": [{"a": 5}], "a": 6)") == "[no whole JSON object]");
  CHECK(found_in(R"({"b": {"a": 5},} so)") == "[no valid JSON]");
  CHECK(found_in("<think>{\"a\": 5}") == "[no whole JSON object]");
  CHECK(found_in("The answer is 5") == "[no whole JSON object]");
  CHECK(found_in("") == "[no whole JSON object]");
}

TEST_CASE("hostile texts cost no more than their length") {
  for (std::string part : {"{\"", "{", "{\"a\":", "{\"a\":1}", "}", "{a:", "\"{'", "[", "\n[",
                           "\n[1", "[{\"", "\n[1] ", "  ["}) {
    CAPTURE(part);
    std::string text = "x";
    while (text.size() < 1 << 18) text += part;
    found_in(text);
  }
}
