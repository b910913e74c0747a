#include "io/process/keeper.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <climits>
#include <fstream>

#include "io/process/descriptor.hpp"

namespace retort::io {
namespace {

using clock = std::chrono::steady_clock;

constexpr std::chrono::seconds end_patience{5};
constexpr int look_again_ms = 20;
constexpr int cannot_start = 126;

struct kept {
  pid_t command = 0;
  bool has_ended = false;
  int status = 0;
};

[[noreturn]] void become_command(const char* log, const char* command) {
  ::setpgid(0, 0);
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  const int nothing = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
  const int out = ::open(log, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
  if (nothing < 0 || out < 0) ::_exit(cannot_start);
  ::dup2(nothing, STDIN_FILENO);
  ::dup2(out, STDOUT_FILENO);
  ::dup2(out, STDERR_FILENO);
  sigset_t none;
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  ::execl("/bin/sh", "sh", "-c", command, static_cast<char*>(nullptr));
  ::_exit(cannot_start);
}

// Blocked, they are read from the descriptor; of those that would end us only we decide.
int watch_signals() {
  sigset_t all;
  ::sigemptyset(&all);
  for (const int one : {SIGCHLD, SIGTERM, SIGINT, SIGHUP, SIGPIPE}) ::sigaddset(&all, one);
  ::sigprocmask(SIG_BLOCK, &all, nullptr);
  return ::signalfd(-1, &all, SFD_CLOEXEC | SFD_NONBLOCK);
}

// False when nobody is left.
bool reap(kept& of) {
  for (;;) {
    int status = 0;
    const pid_t id = ::waitpid(-1, &status, WNOHANG);
    if (id == 0) return true;
    if (id < 0 && errno == EINTR) continue;
    if (id < 0) return false;
    if (id != of.command) continue;
    of.has_ended = true;
    of.status = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
  }
}

// Orphans among them: they became ours.
void signal_children(int number) {
  std::ifstream children("/proc/thread-self/children");
  for (pid_t id = 0; children >> id;) ::kill(id, number);
}

void signal_all(const kept& of, int number) {
  if (!of.has_ended) ::kill(-of.command, number);
  signal_children(number);
}

void drain(int signals) {
  signalfd_siginfo one;
  while (::read(signals, &one, sizeof one) > 0) continue;
}

// Until the command has ended, or whoever started us has.
void watch(kept& of, int signals) {
  for (;;) {
    pollfd both[] = {{STDIN_FILENO, POLLIN, 0}, {signals, POLLIN, 0}};
    if (::poll(both, 2, -1) < 0) continue;
    drain(signals);
    reap(of);
    if (of.has_ended || both[0].revents != 0) return;
  }
}

// What has outlived the command is nobody's any more.
void end_all(kept& of) {
  const auto patient_until = clock::now() + end_patience;
  signal_all(of, SIGTERM);
  while (reap(of)) {
    if (of.has_ended || clock::now() >= patient_until) signal_all(of, SIGKILL);
    ::poll(nullptr, 0, look_again_ms);
  }
}

}  // namespace

std::vector<std::string> keeper_words(const std::string& log, const std::string& command) {
  return {"/proc/self/exe", std::string(keeper_word), log, command};
}

int keep(int argc, char** argv) {
  if (argc != 4) return 2;
  ::prctl(PR_SET_PDEATHSIG, 0);  // what spawn() set: the pipe tells of our parent's end
  ::prctl(PR_SET_CHILD_SUBREAPER, 1);
  const descriptor signals(watch_signals());
  if (signals.number() < 0) return cannot_start;
  kept one;
  one.command = ::fork();
  if (one.command < 0) return cannot_start;
  if (one.command == 0) become_command(argv[2], argv[3]);
  ::setpgid(one.command, one.command);
  watch(one, signals.number());
  end_all(one);
  return one.status;
}

}  // namespace retort::io
