#include "tools/mock/batches/batch_input.hpp"

#include <doctest/doctest.h>

#include <string>

#include "tests/tools/mock/batches/batch_rig.hpp"

using namespace retort::mock;
using namespace retort::test;

namespace {

constexpr const char* chat = "/v1/chat/completions";

checked_input check(std::string_view content, std::uint64_t most = max_input_lines) {
  return check_input(content, chat, most);
}

}  // namespace

TEST_CASE("good lines are taken as they are, blank ones and a last newline aside") {
  const checked_input input = check(batch_line("a", 1) + "\r\n\n" + batch_line("b", 2) + "\n");
  CHECK(input.problems.empty());
  REQUIRE(input.lines.size() == 2);
  CHECK(input.lines[0].custom_id == "a");
  CHECK(input.lines[1].body == R"({"model":"m","n":2})");
}

TEST_CASE("each fault of a line is named, with its line") {
  struct {
    const char *line, *code, *param;
  } const table[] = {
      {"{", "invalid_json_line", ""},
      {"[]", "invalid_json_line", ""},
      {R"({"method":"POST","url":"/v1/chat/completions","body":{"model":"m"}})",
       "missing_required_parameter", "custom_id"},
      {R"({"custom_id":7,"method":"POST","url":"/v1/chat/completions","body":{"model":"m"}})",
       "missing_required_parameter", "custom_id"},
      {R"({"custom_id":"b","url":"/v1/chat/completions","body":{"model":"m"}})",
       "missing_required_parameter", "method"},
      {R"({"custom_id":"b","method":"GET","url":"/v1/chat/completions","body":{"model":"m"}})",
       "invalid_method", "method"},
      {R"({"custom_id":"b","method":"POST","body":{"model":"m"}})", "missing_required_parameter",
       "url"},
      {R"({"custom_id":"b","method":"POST","url":"/v1/responses","body":{"model":"m"}})",
       "mismatched_url", "url"},
      {R"({"custom_id":"b","method":"POST","url":"/v1/chat/completions","body":"x"})",
       "missing_required_parameter", "body"},
      {R"({"custom_id":"b","method":"POST","url":"/v1/chat/completions","body":{}})",
       "missing_required_parameter", "body.model"},
      {R"({"custom_id":"b","method":"POST","url":"/v1/chat/completions","body":{"model":"x"}})",
       "mismatched_model", "body.model"},
      {R"({"custom_id":"a","method":"POST","url":"/v1/chat/completions","body":{"model":"m"}})",
       "duplicate_custom_id", "custom_id"},
  };
  for (const auto& row : table) {
    CAPTURE(row.line);
    const checked_input input = check(batch_line("a") + "\n\n" + row.line);
    REQUIRE(input.problems.size() == 1);
    CHECK(input.problems[0].code == row.code);
    CHECK(input.problems[0].param == row.param);
    CHECK(input.problems[0].line == 3);
  }
}

TEST_CASE("a file can be too long, too large or empty") {
  const std::string two = batch_line("a") + "\n" + batch_line("b");
  CHECK(check(two, 2).problems.empty());
  REQUIRE(check(two, 1).problems.size() == 1);
  CHECK(check(two, 1).problems[0].code == "too_many_tasks");
  CHECK(check(two, 1).problems[0].line == 0);
  CHECK(check("\n \n").problems.at(0).code == "empty_file");
  CHECK(check(std::string(max_input_bytes + 1, ' ')).problems.at(0).code == "file_too_large");
}

TEST_CASE("after a hundred problems it gives up") {
  std::string content;
  for (int i = 0; i < 200; ++i) content += "x\n";
  CHECK(check(content).problems.size() == 100);
}
