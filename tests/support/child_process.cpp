#include "tests/support/child_process.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <fstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>

#include "tests/support/eventually.hpp"
#include "tests/support/ledger_lines.hpp"

namespace retort::test {
namespace {

[[noreturn]] void fail(int number, const std::string& what) {
  throw std::system_error(number, std::generic_category(), what);
}

void check(int number, const std::string& what) {
  if (number != 0) fail(number, what);
}

bool names_proxy(std::string_view name) {
  return name.ends_with("_proxy") || name.ends_with("_PROXY");
}

// The test's environment with the changes, as "NAME=value".
std::vector<std::string> merged(const std::map<std::string, std::string>& changes) {
  std::vector<std::string> out;
  for (char** one = environ; *one; ++one) {
    const std::string_view entry = *one;
    const std::string name(entry.substr(0, entry.find('=')));
    if (!names_proxy(name) && !changes.contains(name)) out.emplace_back(entry);
  }
  for (const auto& [name, value] : changes) out.push_back(name + "=" + value);
  return out;
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> out;
  for (std::string& text : texts) out.push_back(text.data());
  out.push_back(nullptr);
  return out;
}

// What happens in the child between fork and exec.
class file_actions {
 public:
  file_actions() { check(::posix_spawn_file_actions_init(&actions_), "posix_spawn"); }
  ~file_actions() { ::posix_spawn_file_actions_destroy(&actions_); }
  file_actions(const file_actions&) = delete;
  file_actions& operator=(const file_actions&) = delete;

  void open(int as, const std::string& path, int flags) {
    check(::posix_spawn_file_actions_addopen(&actions_, as, path.c_str(), flags, 0666), path);
  }
  void duplicate(int from, int as) {
    check(::posix_spawn_file_actions_adddup2(&actions_, from, as), "dup2");
  }
  void change_directory(const std::string& path) {
    check(::posix_spawn_file_actions_addchdir_np(&actions_, path.c_str()), path);
  }
  void close_from(int first) {
    check(::posix_spawn_file_actions_addclosefrom_np(&actions_, first), "closefrom");
  }
  const posix_spawn_file_actions_t* get() const { return &actions_; }

 private:
  posix_spawn_file_actions_t actions_;
};

void redirect(file_actions& actions, const command& what) {
  if (what.input) {
    actions.duplicate(*what.input, STDIN_FILENO);
  } else {
    actions.open(STDIN_FILENO, "/dev/null", O_RDONLY);
  }
  actions.open(STDOUT_FILENO, what.output, O_WRONLY | O_CREAT | O_TRUNC);
  actions.open(STDERR_FILENO, what.errors, O_WRONLY | O_CREAT | O_TRUNC);
  actions.close_from(STDERR_FILENO + 1);
  if (!what.directory.empty()) actions.change_directory(what.directory);
}

// A descriptor that becomes readable when the process ends.
int watch(pid_t id) {
  const long descriptor = ::syscall(SYS_pidfd_open, id, 0);
  if (descriptor < 0) fail(errno, "pidfd_open");
  return static_cast<int>(descriptor);
}

bool ends_within(pid_t id, std::chrono::milliseconds bound) {
  const int descriptor = watch(id);
  pollfd ended{descriptor, POLLIN, 0};
  const int ready = ::poll(&ended, 1, static_cast<int>(bound.count()));
  ::close(descriptor);
  return ready > 0;
}

// Whether the program has a handler for the signal or keeps it for sigwait(), as /proc tells.
bool hears(pid_t id, int number) {
  std::ifstream status("/proc/" + std::to_string(id) + "/status");
  for (std::string line; std::getline(status, line);) {
    if (!line.starts_with("SigCgt:") && !line.starts_with("SigBlk:")) continue;
    const auto mask = std::stoull(line.substr(line.find(':') + 1), nullptr, 16);
    if (mask >> (number - 1) & 1) return true;
  }
  return false;
}

}  // namespace

child_process::child_process(const command& what) : output_(what.output), errors_(what.errors) {
  file_actions actions;
  redirect(actions, what);
  std::vector<std::string> words = what.words;
  std::vector<std::string> environment = merged(what.environment);
  check(::posix_spawn(&id_, words[0].c_str(), actions.get(), nullptr, pointers(words).data(),
                      pointers(environment).data()),
        words[0]);
}

child_process::~child_process() {
  if (id_ == 0) return;
  ::kill(id_, SIGKILL);
  ::waitpid(id_, nullptr, 0);
}

void child_process::signal(int number) const {
  const bool is_request = number == SIGINT || number == SIGTERM;
  if (is_request && !eventually([&] { return hears(id_, number) || !is_running(); }))
    throw std::runtime_error("the child does not listen for signals; it said: " + errors());
  ::kill(id_, number);
}

bool child_process::is_running() const {
  return id_ != 0 && !ends_within(id_, std::chrono::milliseconds(0));
}

int child_process::wait() {
  if (!ends_within(id_, patience)) {
    throw std::runtime_error("the child hangs; so far it said: " + output() + errors());
  }
  int status = 0;
  ::waitpid(std::exchange(id_, 0), &status, 0);
  return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

std::string child_process::output() const { return content_of(output_); }

std::string child_process::errors() const { return content_of(errors_); }

}  // namespace retort::test
