// The batch APIs of the mock with answers that a test sees through and a clock that stands still
// until it is moved. One thread.
#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tools/mock/batches/batch_desk.hpp"

namespace retort::test {

class batch_rig {
 public:
  explicit batch_rig(const mock::options& chosen = {}, std::string key = "");

  // With the headers that both APIs want.
  mock::batch_reply get(std::string_view target);
  mock::batch_reply post(std::string_view target, std::string_view body = "");
  mock::batch_reply serve(mock::request call);

  // Uploads the lines, and makes a batch of them; its id, or "".
  std::string openai_batch(const std::vector<std::string>& lines);
  std::string anthropic_batch(const std::vector<std::string>& custom_ids);

  mock::tally tally;
  mock::batch_time now{std::chrono::hours(500'000)};
  std::vector<std::pair<std::string, std::string>> asked;  // path and body of what was answered
  int status = 200;                                        // that each body gets

 private:
  mock::batch_desk desk_;
};

// {"custom_id":ID,"method":"POST","url":"/v1/chat/completions","body":{"model":"m","n":N}}
std::string batch_line(std::string_view id, int n = 1);
// Lines for the ids 0, 1, ... up to count.
std::vector<std::string> batch_lines(int count);

// A value of a JSON text by its pointer, as JSON: "\"completed\"", "3", "null"; "" if none.
std::string at(std::string_view json, std::string_view pointer);
// The same of a string, without its quotes.
std::string text_at(std::string_view json, std::string_view pointer);
// That value of each line.
std::vector<std::string> of_lines(std::string_view jsonl, std::string_view pointer);

// A multipart form with a purpose and a file; its boundary is "XyZ".
std::string upload_form(std::string_view purpose, std::string_view filename,
                        std::string_view content);

}  // namespace retort::test
