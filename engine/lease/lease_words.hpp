// The words of a call of lease.lua and of its reply. Pure; any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "io/base/error.hpp"

namespace retort::engine {

// A call: whose pools, and what is said of each.
class lease_call {
 public:
  // `member`: this process, to all others. `stays`: else it leaves.
  lease_call(const std::string& member, bool stays) : words_{member, stays ? "1" : "0"} {}

  void about(const std::string& pool) { pools_.push_back(pool); }
  void say(std::string word) { words_.push_back(std::move(word)); }
  void say(double amount);
  void say(std::int64_t count) { words_.push_back(std::to_string(count)); }

  const std::vector<std::string>& pools() const { return pools_; }
  const std::vector<std::string>& words() const { return words_; }

 private:
  std::vector<std::string> pools_, words_;
};

// A reply, read from its beginning. Whoever answers may be anybody: what is no number, or missing,
// makes it bad, and then everything read is 0.
class lease_reply {
 public:
  explicit lease_reply(std::vector<std::string> words) : words_(std::move(words)) {}

  std::string word();
  double number();  // finite
  std::int64_t whole();
  bool is_good() const { return good_; }
  bool is_read() const { return next_ == words_.size(); }

 private:
  std::vector<std::string> words_;
  std::size_t next_ = 0;
  bool good_ = true;
};

}  // namespace retort::engine
