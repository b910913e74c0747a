// --write-times: a line of JSON for each answer that went out whole,
// {"received_ns":N,"sent_ns":[N,...]}: when its request had been read, and when each piece of the
// answer was about to be written, of the steady clock. What a client says of the server's times is
// held against it. One thread at a time.
#pragma once

#include <chrono>
#include <string>
#include <utility>
#include <vector>

#include "io/file/sink.hpp"

namespace retort::mock {

struct answer_times {
  using stamp = std::chrono::steady_clock::time_point;
  stamp received;
  std::vector<stamp> sent;
};

class times_log {
 public:
  static result<times_log> open(const std::string& path);

  void add(const answer_times& of);
  // Hands it all to the kernel; says here what went wrong at any time.
  result<void> close();

 private:
  explicit times_log(io::sink file) : file_(std::move(file)) {}

  io::sink file_;
  std::string line_;
};

}  // namespace retort::mock
