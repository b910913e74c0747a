// A program of the system's, run to its end: what it said and how it ended. Any thread.
#pragma once

#include <string>
#include <vector>

#include "io/base/error.hpp"

namespace retort::tools {

struct outside_answer {
  int status = 0;  // its exit status, or 128 + the signal that ended it
  std::string output, errors;
};

// Blocks, for a minute at most, in which it is killed. words[0] is looked for on PATH;
// it gets this process's environment and reads nothing. errc::usage when it is not there or cannot
// be executed, errc::cancelled when the minute is over.
result<outside_answer> run_outside(std::vector<std::string> words);

}  // namespace retort::tools
