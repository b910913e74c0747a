#include "engine/number/json_scalar.hpp"

#include <doctest/doctest.h>

#include <string>
#include <thread>
#include <vector>

using retort::engine::find_json_scalar;
using retort::engine::json_scalar;

namespace {

using path = std::vector<std::string>;

std::string text_at(const path& where, std::string_view json) {
  const auto found = find_json_scalar(json, where);
  CHECK(found.problem == "");
  return found.text.value_or("nothing");
}

std::string problem_at(const path& where, std::string_view json) {
  const auto found = find_json_scalar(json, where);
  CHECK_FALSE(found.text);
  return found.problem;
}

std::string nested(std::size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); }

}  // namespace

TEST_CASE("strings, numbers and booleans are found as they are written") {
  CHECK(text_at({"a"}, R"({"a": "8"})") == "8");
  CHECK(text_at({"a"}, R"({"a": "caf\u00e9 \"x\"\n"})") == "café \"x\"\n");
  CHECK(text_at({"a"}, R"({"a": ""})") == "");
  CHECK(text_at({"a"}, R"({"a": 8 })") == "8");
  CHECK(text_at({"a"}, R"({"a": -1.50e3})") == "-1.50e3");
  CHECK(text_at({"a"}, R"({"a": 9007199254740993})") == "9007199254740993");
  CHECK(text_at({"a"}, R"({"a": 123456789012345678901234567890})") ==
        "123456789012345678901234567890");
  CHECK(text_at({"a"}, R"({"a": true})") == "true");
  CHECK(text_at({"a"}, R"({"a": false , "b": 1})") == "false");
}

TEST_CASE("a path goes through objects and arrays") {
  const std::string json = R"({"x": [1], "a": {"b": ["p", {"c": "q"}]}, "0": "zero"})";
  CHECK(text_at({"a", "b", "0"}, json) == "p");
  CHECK(text_at({"a", "b", "1", "c"}, json) == "q");
  CHECK(text_at({"0"}, json) == "zero");
  CHECK(text_at({"1"}, "[1, 2]") == "2");
  CHECK(text_at({"café"}, R"({"caf\u00e9": 1})") == "1");
  CHECK(text_at({"a"}, R"({"a": 1, "a": 2})") == "2");
}

TEST_CASE("a fence around the JSON is forgiven") {
  CHECK(text_at({"a"}, "```json\n{\"a\": 1}\n```") == "1");
  CHECK(text_at({"a"}, " \n```\n{\"a\": 1}```\n") == "1");
  CHECK(text_at({"a"}, "```JSON\r\n{\"a\": 1}\r\n```") == "1");
  CHECK(text_at({"a"}, "{\"a\": \"```\"}") == "```");
  problem_at({"a"}, "```json {\"a\": 1}```");
  problem_at({"a"}, "```json\n{\"a\": 1}");
  problem_at({"a"}, "```");
  problem_at({"a"}, "```\n```");
}

TEST_CASE("what is not there is said") {
  CHECK(problem_at({"b"}, R"({"a": 1})").find("JSON") != std::string::npos);
  problem_at({"a", "b"}, R"({"a": 1})");
  problem_at({"a", "b"}, R"({"a": "b"})");
  problem_at({"2"}, "[1, 2]");
  problem_at({"-1"}, "[1, 2]");
  problem_at({"1x"}, "[1, 2]");
  problem_at({""}, "[1, 2]");
  problem_at({"99999999999999999999"}, "[1, 2]");
  CHECK(problem_at({"a"}, R"({"a": null})") == "the field is null");
  CHECK(problem_at({"a"}, R"({"a": {}})") == "the field holds an object");
  CHECK(problem_at({"a"}, R"({"a": []})") == "the field holds an array");
}

TEST_CASE("only one whole and valid document counts, even where the field comes first") {
  for (std::string json : {"",
                           " ",
                           "8",
                           "\"8\"",
                           "The answer is 8",
                           R"({"a": 8)",
                           R"({"a": 8})"
                           R"(})",
                           R"({"a": 8,})",
                           R"({"a": 8} so)",
                           R"({"a": 8} {"a": 8})",
                           R"({"a": 8, "b": [1, 2})",
                           R"({"a": 8, "b": 08})",
                           R"({"a": 8, "b": nul})",
                           R"({"a": 8, "b": "x)",
                           R"({"a": 8, "b" 1})",
                           R"({"a": 8 "b": 1})",
                           R"({"a": 8, "b": "\q"})",
                           "{'a': 8}",
                           "{\"a\": 8, \"b\": \"\xff\"}",
                           R"([{"a": 8}, )",
                           R"({"a": tru})",
                           R"({"a": 8, "\x": 1})"}) {
    CAPTURE(json);
    CHECK(problem_at({"a"}, json) != "");
  }
}

TEST_CASE("nesting is bounded") {
  CHECK(text_at({"a"}, R"({"a": 1, "b": )" + nested(50) + "}") == "1");
  problem_at({"a"}, R"({"a": 1, "b": )" + nested(100) + "}");
  problem_at({"a"}, R"({"a": 1, "b": )" + nested(100'000) + "}");
}

TEST_CASE("each thread has its parser") {
  std::vector<std::thread> threads;
  std::vector<int> found(4);
  for (int& count : found) {
    threads.emplace_back([&count] {
      const path where{"a"};
      for (int i = 0; i < 100; ++i) {
        const std::string wanted(static_cast<std::size_t>(i), 'x');
        count += find_json_scalar("{\"a\": \"" + wanted + "\"}", where).text == wanted;
      }
    });
  }
  for (auto& thread : threads) thread.join();
  for (const int count : found) CHECK(count == 100);
}
