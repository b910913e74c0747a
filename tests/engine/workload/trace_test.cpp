#include "engine/workload/trace.hpp"

#include <doctest/doctest.h>

#include "tests/support/temporary_directory.hpp"

using namespace retort::engine;
using retort::test::temporary_directory;

namespace {

constexpr const char* good =
    R"({"timestamp": 1000, "input_length": 1200, "output_length": 52, "hash_ids": [46, 47, 2353]})"
    "\n\n"
    R"({"timestamp": 1000.5, "input_length": 600, "output_length": 8, "hash_ids": [46], "x": {}})"
    "\n"
    R"({"timestamp": 4000, "input_length": 1, "output_length": 1})"
    "\n";

std::string problem_of(const std::string& line) {
  const temporary_directory files;
  const auto read = read_trace(files.file("t.jsonl", good + line + "\n"), 512);
  if (read) return "";
  CHECK(read.error().code == retort::errc::usage);
  return read.error().message.substr(files.path().size() + 1);
}

}  // namespace

TEST_CASE("a trace is read as Mooncake has it, its times from the first on") {
  const temporary_directory files;
  const trace read = read_trace(files.file("t.jsonl", good), 512).value();
  REQUIRE(read.requests.size() == 3);
  CHECK(read.requests[0].at.count() == 0);
  CHECK(read.requests[1].at == std::chrono::microseconds(500));
  CHECK(read.requests[2].at == std::chrono::seconds(3));
  CHECK(read.requests[0].input == 1200);
  CHECK(read.requests[0].output == 52);
  CHECK(read.requests[0].blocks == std::vector<std::uint64_t>{46, 47, 2353});
  CHECK(read.requests[2].blocks.empty());
  CHECK(read.mean_input() == doctest::Approx(1801 / 3.0));
  CHECK(replayed_at(read.requests[2], 1.5) == std::chrono::seconds(2));
}

TEST_CASE("the most that go out within a time are in flight when answers take as long") {
  trace of;
  for (const int ms : {0, 0, 1000, 1500, 1999, 2000, 9000}) {
    of.requests.push_back({.at = std::chrono::milliseconds(ms), .blocks = {}});
  }
  CHECK(most_within(of, 1, std::chrono::seconds(1)) == 3);
  CHECK(most_within(of, 2, std::chrono::seconds(1)) == 5);
  CHECK(most_within(of, 1, std::chrono::milliseconds(1)) == 2);
  CHECK(most_within(of, 1, std::chrono::hours(1)) == 7);
  CHECK(most_within(of, 0.001, std::chrono::seconds(1)) == 2);
  CHECK(most_within({}, 1, std::chrono::seconds(1)) == 0);
}

TEST_CASE("a bad line is told by its number, with what was expected") {
  CHECK(problem_of("{") == "t.jsonl:5: is not JSON");
  CHECK(problem_of("[1]") == "t.jsonl:5: is no JSON object");
  CHECK(problem_of(R"({"timestmp": 5000, "input_length": 1, "output_length": 1})") ==
        "t.jsonl:5: has no \"timestamp\" (it has \"timestmp\")");
  CHECK(problem_of(R"({"timestamp": "5000", "input_length": 1, "output_length": 1})") ==
        "t.jsonl:5: timestamp is no number of milliseconds from 0 to 1e+15");
  CHECK(problem_of(R"({"timestamp": -1, "input_length": 1, "output_length": 1})") ==
        "t.jsonl:5: timestamp is no number of milliseconds from 0 to 1e+15");
  CHECK(problem_of(R"({"timestamp": 3999, "input_length": 1, "output_length": 1})") ==
        "t.jsonl:5: timestamp 3999 is before the one above it, 4000");
  CHECK(problem_of(R"({"timestamp": 2e9, "input_length": 1, "output_length": 1})") ==
        "t.jsonl:5: timestamp is over 1e+09 ms behind the first");
  CHECK(problem_of(R"({"timestamp": 5000, "input_length": 0, "output_length": 1})") ==
        "t.jsonl:5: input_length is no whole number of tokens from 1 to 10000000");
  CHECK(problem_of(R"({"timestamp": 5000, "input_length": 1, "output_length": 1.5})") ==
        "t.jsonl:5: output_length is no whole number of tokens from 1 to 10000000");
  CHECK(problem_of(R"({"timestamp": 5000, "input_length": 1})") ==
        "t.jsonl:5: has no \"output_length\" (it has \"input_length\")");
  CHECK(
      problem_of(R"({"timestamp": 5000, "input_length": 1, "output_length": 1, "hash_ids": 3})") ==
      "t.jsonl:5: hash_ids is no list of whole numbers");
  CHECK(
      problem_of(
          R"({"timestamp": 5000, "input_length": 513, "output_length": 1, "hash_ids": [1,2,3]})") ==
      "t.jsonl:5: 3 hash_ids of 512 tokens are more than input_length 513 has room for; expected "
      "2 at most, or another --trace-block");
}

TEST_CASE("a trace of nothing, or none, is refused") {
  const temporary_directory files;
  CHECK(read_trace(files.file("t.jsonl", "\n"), 512).error().message.ends_with("holds no request"));
  CHECK_FALSE(read_trace(files.path() + "/none.jsonl", 512).has_value());
}
