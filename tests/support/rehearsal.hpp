// A rehearsal of a run: the real `retort`, as a child process in a directory of its own, against a
// mock provider in the test's process, so that what the provider has seen can be read at any
// moment. They speak TLS, with a certificate that only ca.pem of the directory vouches for.
//
// The directory holds run.yaml, questions.jsonl (questions.hpp), ca.pem, the run directory `run`
// and, in `printed`, what the children said. run.yaml asks each question once, 8 at a time,
// compares the JSON answers and keeps the rejected ones; tests change it with --set. One thread.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tests/support/child_process.hpp"
#include "tests/support/temporary_directory.hpp"
#include "tools/mock/server/server.hpp"

namespace retort::test {

// What a child has left behind.
struct outcome {
  int status = 0;
  std::string output, errors;
};

// Waits for its end.
outcome finish(child_process child);

struct start_options {
  std::map<std::string, std::string> environment;
  std::optional<int> input;  // a descriptor
};

class rehearsal {
 public:
  explicit rehearsal(std::size_t questions, const mock::options& provider = {});

  const temporary_directory& files() const { return files_; }
  std::string path(std::string_view name) const { return files_.path() + "/" + std::string(name); }
  std::string content(std::string_view name) const;
  std::vector<std::string> sorted_lines(std::string_view name) const;

  mock::server& provider() const { return *provider_; }
  mock::counters seen() const { return provider_->snapshot(); }
  // Another provider takes the place of the one before, on its port.
  void replace_provider(mock::options chosen);

  // `retort WORDS...`, in the directory.
  child_process start(std::vector<std::string> words, const start_options& how = {}) const;
  // `retort run run.yaml FLAGS...`, to its end.
  outcome run(std::vector<std::string> flags = {}, const start_options& how = {}) const;
  // The same, just begun.
  child_process start_run(std::vector<std::string> flags = {}, const start_options& how = {}) const;

 private:
  void trust_provider() const;

  temporary_directory files_;
  std::unique_ptr<mock::server> provider_;
};

// How many of the first `questions` that provider answers wrongly.
std::size_t count_wrong(std::size_t questions, const mock::options& provider);

}  // namespace retort::test
