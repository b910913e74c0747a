// A program run as a child: its output goes to files, so nothing has to be pumped, and it inherits
// no descriptor of the test's, so a socket that the test closes is closed. One thread.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace retort::test {

struct command {
  std::vector<std::string> words;                  // the program and its arguments
  std::map<std::string, std::string> environment;  // beside the test's own, without its proxies
  std::string directory;                           // to run in
  std::string output, errors;                      // files, begun anew
  std::optional<int> input;                        // a descriptor of the test's; else nothing
};

// Longer than anything takes under a sanitizer on a busy machine: reaching it means a hang.
inline constexpr std::chrono::seconds patience{180};

class child_process {
 public:
  // Throws std::system_error when it cannot be started.
  explicit child_process(const command& what);
  child_process(child_process&& other) noexcept
      : id_(std::exchange(other.id_, 0)),
        output_(std::move(other.output_)),
        errors_(std::move(other.errors_)) {}
  ~child_process();  // kills it

  pid_t id() const { return id_; }
  // SIGINT and SIGTERM wait until the program catches or awaits them: one that came while it
  // started would end it as it ends any program. Throws std::runtime_error when it never does.
  void signal(int number) const;
  bool is_running() const;
  // Its exit status, or 128 + the number of the signal that ended it. Throws std::runtime_error,
  // with what it has printed, when it does not end within `patience`.
  int wait();

  // What it has printed so far.
  std::string output() const;
  std::string errors() const;

 private:
  pid_t id_ = 0;  // 0: waited for
  std::string output_, errors_;
};

}  // namespace retort::test
