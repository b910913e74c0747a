// What the benchmarks work on: a row, its config, a response of a usual size and the sample they
// make. The same kind of run as that of bench/guard. Any thread.
#pragma once

#include <fmt/format.h>
#include <simdjson.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>
#include <string_view>

#include "engine/config/config.hpp"
#include "engine/evaluate/assessor.hpp"
#include "engine/sample/line_writer.hpp"
#include "engine/sample/sample.hpp"
#include "io/base/json_writer.hpp"

namespace retort::bench {

// Reasoning that ends in its answer; 253 bytes.
inline const std::string completion_text =
    "To find the total, take it one step at a time. First there are 5 apples in the basket, and "
    "then 3 more are put beside them. Adding the two amounts gives 5 + 3 = 8, and nothing is taken "
    "away again, so the basket holds 8 apples in the end.\nTherefore:\nA: 8";

// A chat completion of about 500 bytes around it.
inline const std::string response_body = [] {
  std::string body =
      R"({"id": "chatcmpl-123", "object": "chat.completion", "created": 1700000000, )"
      R"("model": "gpt-5.6-luna", "choices": [{"index": 0, "message": {"role": "assistant", )"
      R"("content": )";
  io::append_json_string(body, completion_text);
  return body += R"(}, "finish_reason": "stop"}], )"
                 R"("usage": {"prompt_tokens": 20, "completion_tokens": 60, "total_tokens": 80}})";
}();

// With the fields that nginx sends.
inline const std::string response_bytes = fmt::format(
    "HTTP/1.1 200 OK\r\nServer: nginx/1.22.1\r\nDate: Sat, 22 Nov 2025 10:00:00 GMT\r\n"
    "Content-Type: application/json\r\nContent-Length: {}\r\nConnection: keep-alive\r\n\r\n{}",
    response_body.size(), response_body);

inline std::string question(std::size_t n) {
  return fmt::format("What is {} + {}? Think step by step and finish with A: and the number.",
                     n % 7 + 1, 7 - n % 7);
}

// A row as JSON Lines have it, newline included.
inline std::string jsonl_row(std::size_t n) {
  return fmt::format(R"({{"id": "q{}", "question": "{}", "answer": "8"}})"
                     "\n",
                     n, question(n));
}

// A CSV record whose second field is quoted and holds a quote.
inline std::string csv_row(std::size_t n) {
  return fmt::format("q{},\"{} \"\"Exactly.\"\"\",8\r\n", n, question(n));
}

// The config of such a run, its files in `directory`.
inline engine::config run_config(const std::string& directory) {
  const std::string yaml = R"yaml(
run: bench
dataset: {path: rows.jsonl, id: id}
prompt: {user: "{{question}}"}
reference: {template: "{{answer}}"}
models: [{provider: openai, model: gpt-5.6-luna, base_url: "http://localhost:8000/v1"}]
sampling: {temperature: 0.7, max_tokens: 512}
evaluate: [{numeric: {pattern: "A: (.*)"
}
}]
filter: {only_correct: true}
)yaml";
  return engine::parse_config(yaml, "bench", {{"run_dir", directory, "bench"}}).value();
}

// The n-th finished sample of that run, accepted.
inline engine::sample finished_sample(const engine::config& run, std::size_t n) {
  engine::sample done;
  done.key.ordinal = n;
  done.id = fmt::format("q{}", n);
  done.row_hash = 0x9e3779b97f4a7c15 * (n + 1);
  done.messages = {{"user", question(n)}};
  done.reference.emplace(1, '8');  // = "8" makes GCC 12 warn (its bug 105329)
  done.completion.text = completion_text;
  done.completion.finish_reason = "stop";
  done.completion.model = "gpt-5.6-luna";
  done.completion.request_id = "chatcmpl-123";
  done.completion.usage = {20, -1, 60};
  done.attempts = 1;
  done.finished_at_ms = 1'763'805'600'000;
  done.latency_us = 8250;
  engine::assessor::make(run).value().decide(done);
  return done;
}

inline std::string ledger_line(const engine::sample& done) {
  std::string line;
  engine::append_ledger_line(done, line);
  return line;
}

// simdjson reads a little beyond the end.
inline std::string padded(std::string_view text) {
  std::string copy;
  copy.reserve(text.size() + simdjson::SIMDJSON_PADDING);
  copy.append(text);
  return copy;
}

// A directory of a benchmark's own, gone with everything in it when the benchmark ends.
class scratch_directory {
 public:
  scratch_directory()
      : path_((std::filesystem::temp_directory_path() / "retort-bench-XXXXXX").string()) {
    if (::mkdtemp(path_.data()) == nullptr) throw std::runtime_error("no directory " + path_);
  }
  ~scratch_directory() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  scratch_directory(const scratch_directory&) = delete;
  scratch_directory& operator=(const scratch_directory&) = delete;

  const std::string& path() const { return path_; }
  std::string path_of(std::string_view name) const { return fmt::format("{}/{}", path_, name); }
  std::string write(std::string_view name, std::string_view content) const {
    std::ofstream(path_of(name), std::ios::binary) << content;
    return path_of(name);
  }

 private:
  std::string path_;
};

}  // namespace retort::bench
