#include "io/dataset/json_array.hpp"

#include <doctest/doctest.h>

#include <string>

#include "tests/support/memory_source.hpp"

using namespace retort;
using namespace retort::test;

namespace {

// "line text\n" or "line !problem\n" for each row, and at last what went wrong.
std::string read_all(std::string_view text, std::size_t block, std::size_t max_row) {
  const auto rows = io::json_rows(from_memory(text), max_row, block);
  std::string out;
  for (;;) {
    const auto next = rows->next();
    if (!next) return out + next.error().message + "\n";
    if (!*next) return out;
    const io::row& row = **next;
    out += std::to_string(row.line) + " " +
           (row.problem.empty() ? std::string(row.text) : "!" + row.problem) + "\n";
  }
}

void check_rows(std::string_view text, const std::string& expected, std::size_t max_row = 1000) {
  for (std::size_t block = 1; block <= text.size() + 1; ++block) {
    CAPTURE(text);
    CAPTURE(block);
    CHECK(read_all(text, block, max_row) == expected);
  }
}

}  // namespace

TEST_CASE("the elements of an array are rows, in whatever layout") {
  check_rows(R"([{"a":1},{"a":2}])", "1 {\"a\":1}\n1 {\"a\":2}\n");
  check_rows("\n [\n  {\"a\":1} ,\n\t{\"b\": [1, {\"c\": 2}]}\n ]\r\n",
             "3 {\"a\":1}\n4 {\"b\": [1, {\"c\": 2}]}\n");
  check_rows("[\n{\n\"a\": 1\n}\n,{}]", "2 {\n\"a\": 1\n}\n5 {}\n");
}

TEST_CASE("brackets, commas and quotes within strings are text") {
  check_rows(R"([{"a":"],[{\"},\\"},{"b":"\\"}])",
             "1 {\"a\":\"],[{\\\"},\\\\\"}\n1 {\"b\":\"\\\\\"}\n");
}

TEST_CASE("an empty array, and an empty text, have no rows") {
  for (const char* text : {"", " \n", "[]", " [ ] \n"}) check_rows(text, "");
}

TEST_CASE("what does not begin with a bracket is a row each line") {
  check_rows("{\"a\":1}\n\n{\"a\":2}\n", "1 {\"a\":1}\n3 {\"a\":2}\n");
  check_rows("\n\n{\"a\":1}", "3 {\"a\":1}\n");
}

TEST_CASE("elements are not judged here, but an empty one is a bad row") {
  check_rows("[1, \"x\", null]", "1 1\n1 \"x\"\n1 null\n");
  check_rows("[1,,2]", "1 1\n1 !nothing stands between two commas of the array\n1 2\n");
  check_rows("[1,\n]", "1 1\n2 !nothing stands between two commas of the array\n");
}

TEST_CASE("an element beyond the limit is passed over, and the next one is read") {
  check_rows("[\"123456\",{\"a\":1}]", "1 !longer than 7 bytes\n1 {\"a\":1}\n", 7);
}

TEST_CASE("an array that is not closed, and text behind its end, are errors after the rows") {
  check_rows("[{},\n{\"a\":", "1 {}\nmemory:2: the text ends within the array\n");
  check_rows("[{}]\n\n[{}]", "1 {}\nmemory:3: text behind the end of the array\n");
  check_rows("[", "memory:1: the text ends within the array\n");
}
