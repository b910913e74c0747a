#include "tools/mock/answers/replay.hpp"

#include <doctest/doctest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>

using namespace retort;
using mock::replay_table;

namespace {

class temporary_file {
 public:
  explicit temporary_file(const std::string& content)
      : path_(std::filesystem::temp_directory_path() /
              ("retort-replay-" + std::to_string(getpid()) + ".jsonl")) {
    std::ofstream(path_) << content;
  }
  ~temporary_file() { std::filesystem::remove(path_); }
  std::string path() const { return path_.string(); }

 private:
  std::filesystem::path path_;
};

result<replay_table> read(const std::string& content) {
  const temporary_file file(content);
  return replay_table::read(file.path(), "q", "a");
}

std::string read_error(const std::string& content) {
  const auto table = read(content);
  if (table) return "";
  CHECK(table.error().code == errc::dataset);
  const std::string& message = table.error().message;
  return message.substr(message.rfind(".jsonl:") + 7);
}

constexpr const char* three = R"({"q": "How many ducks are there?", "a": "two"}
{"q": "  How many geese are there, and why? ", "a": "three"}

{"q": "1 + 1", "a": 2, "more": [1]}
{"q": "How many ducks are there?", "a": "a second row never counts"}
{"q": "How many ducks are there? In all?", "a": "the longer"}
)";

}  // namespace

TEST_CASE("a row is found by its text, alone or inside a prompt") {
  const auto table = read(three);
  REQUIRE(table.has_value());
  struct {
    const char *prompt, *reply;
  } const rows[] = {
      {"How many ducks are there?", "two"},
      {"\n How many ducks are there?\t", "two"},
      {"How many geese are there, and why?", "three"},
      {"Question: How many geese are there, and why?\nAnswer:", "three"},
      {"Q: How many ducks are there? In all? A:", "the longer"},
      {"1 + 1", "2"},
      {"What is 1 + 1?", "2"},
      {"1 + 1 and: How many ducks are there? Well?", "two"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.prompt);
    CHECK(table->find(row.prompt) == row.reply);
  }
}

TEST_CASE("a prompt without a row has no answer") {
  const auto table = read(three);
  REQUIRE(table.has_value());
  for (const char* prompt : {"", " ", "How many ducks", "2 + 2", "How many swans are there?"}) {
    CHECK_FALSE(table->find(prompt));
  }
}

TEST_CASE("an empty file has no answers; empty texts match nothing") {
  REQUIRE(read("").has_value());
  CHECK_FALSE(read("")->find("x"));
  const auto table = read(R"({"q": " ", "a": "x"})");
  REQUIRE(table.has_value());
  CHECK_FALSE(table->find(""));
}

TEST_CASE("a table keeps working after it has moved") {
  auto table = read(three);
  const replay_table moved = std::move(*table);
  CHECK(moved.find("What is 1 + 1?") == "2");
  CHECK(moved.find("How many ducks are there?") == "two");
}

TEST_CASE("a bad row is named by its line") {
  CHECK(read_error("{\"q\": \"x\", \"a\": \"y\"}\n{\"q\": \n") == "2: not a JSON object");
  CHECK(read_error("[1]\n") == "1: not a JSON object");
  CHECK(read_error("{\"a\": \"y\"}\n") == "1: no field \"q\"");
  CHECK(read_error("\n{\"q\": \"x\"}") == "2: no field \"a\"");
}

TEST_CASE("a file that is not there is named") {
  const auto table = replay_table::read("/nonexistent/rows.jsonl", "q", "a");
  REQUIRE_FALSE(table.has_value());
  CHECK(table.error().code == errc::unreadable);
  CHECK(table.error().message == "cannot open /nonexistent/rows.jsonl");
}

TEST_CASE("a wrong answer is that of a row further on, around the end") {
  const auto table = read(three);
  REQUIRE(table.has_value());
  CHECK(table->find("How many ducks are there?", 1) == "three");
  CHECK(table->find("1 + 1", 2) == "two");
  CHECK(table->find("no such question", 1) == std::nullopt);
}
