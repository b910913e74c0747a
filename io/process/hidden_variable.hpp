// A variable of this process's environment that nobody finds as long as this lives: for a library
// that goes by one and cannot be told not to. Its entry is exchanged in one write, so that who
// reads the environment meanwhile on another thread meets a whole one. One at a time; the next
// waits.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "io/base/mutex.hpp"

namespace retort::io {

class hidden_variable {
 public:
  explicit hidden_variable(std::string_view name);
  ~hidden_variable();
  hidden_variable(const hidden_variable&) = delete;
  hidden_variable& operator=(const hidden_variable&) = delete;

 private:
  lock held_;
  char** place_ = nullptr;  // in the environment, where it is there
  char* entry_ = nullptr;   // that stands there otherwise
};

// This process's whole environment as "NAME=value", when nothing of it is hidden.
std::vector<std::string> whole_environment();

}  // namespace retort::io
