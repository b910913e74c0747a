// A program in jq's language (libjq 1.6), asked about one JSON value after the other, in bounded
// time, with nothing else to go by: no environment, ~/.jq or clock. Any thread, several at a time.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "io/base/error.hpp"

namespace retort::engine {

class jq_program {
 public:
  // errc::usage: what jq says of a program that does not compile, on one line, or what it may not
  // go by.
  static result<jq_program> compile(const std::string& text);

  struct answer {
    bool holds = false;
    std::string problem = {};  // why it came to no answer; then it does not hold
  };
  // Holds where the program puts something out and none of it is false or null. A program that
  // fails, ends itself (halt) or takes more than half a second of CPU time comes to no answer.
  answer ask(const std::string& json) const;

  struct products {
    std::vector<std::string> values = {};  // what it puts out, as JSON, each on one line
    std::string problem = {};              // why it came to no end; then there are none
  };
  // As ask(), for what it puts out.
  products transform(const std::string& json) const;

 private:
  struct shared;
  template <class Outcome, class Run>
  Outcome with_program(const std::string& json, const Run& run) const;
  explicit jq_program(std::shared_ptr<shared> made) : shared_(std::move(made)) {}

  std::shared_ptr<shared> shared_;
};

}  // namespace retort::engine
