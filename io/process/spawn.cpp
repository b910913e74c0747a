#include "io/process/spawn.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <grp.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <cstring>
#include <string_view>

#include "io/base/disk_error.hpp"

namespace retort::io {
namespace {

// All that the child needs between vfork and exec, where nothing may be allocated and nothing of
// ours may be changed: it runs in our memory.
struct child_plan {
  const program* what = nullptr;
  std::vector<char*> words, environment;
  std::vector<int> pipe_ends;  // the child's, none below pipe_ends.size() + 1
  int failure = -1;            // where it writes the number of what failed; closed by exec
  pid_t parent = 0;
};

std::vector<char*> pointers_to(const std::vector<std::string>& texts) {
  std::vector<char*> all;
  for (const std::string& text : texts) all.push_back(const_cast<char*>(text.c_str()));
  all.push_back(nullptr);
  return all;
}

// In the child: what a handler or a mask of ours was is none of its business.
void reset_signals() {
  struct sigaction usual {};
  usual.sa_handler = SIG_DFL;
  for (int number = 1; number < NSIG; ++number) ::sigaction(number, &usual, nullptr);
  sigset_t none;
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
}

void offer_to_die_first() {
  const int score = ::open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
  if (score < 0) return;
  [[maybe_unused]] const auto written = ::write(score, "1000", 4);
  ::close(score);
}

// The C library's own would tell all threads, which are our parent's.
bool become(uid_t user) {
  return ::syscall(SYS_setgroups, 0, nullptr) == 0 &&
         ::syscall(SYS_setresgid, user, user, user) == 0 &&
         ::syscall(SYS_setresuid, user, user, user) == 0;
}

// After the change of user, which clears it. The parent may have died before.
bool die_with(pid_t parent) {
  return ::prctl(PR_SET_PDEATHSIG, SIGKILL) == 0 && ::getppid() == parent;
}

// The pipes from 0 on, then where a failure goes; no other.
bool keep_descriptors(child_plan& plan) {
  const int count = static_cast<int>(plan.pipe_ends.size());
  for (int i = 0; i < count; ++i) {
    if (::dup2(plan.pipe_ends[static_cast<std::size_t>(i)], i) < 0) return false;
  }
  if (::dup3(plan.failure, count, O_CLOEXEC) < 0) return false;
  plan.failure = count;
  return ::syscall(SYS_close_range, count + 1, UINT_MAX, 0) == 0;
}

bool set_limits(const program& what) {
  return std::ranges::all_of(what.limits, [](const resource_limit& one) {
    const rlimit both{one.most, one.most};
    return ::setrlimit(one.which, &both) == 0;
  });
}

bool prepare(child_plan& plan) {
  const program& what = *plan.what;
  ::setsid();
  if (what.dies_first) offer_to_die_first();
  if (!keep_descriptors(plan)) return false;
  if (!what.directory.empty() && ::chdir(what.directory.c_str()) != 0) return false;
  if (!set_limits(what) || (what.user && !become(*what.user)) || !die_with(plan.parent)) {
    return false;
  }
  reset_signals();
  return true;
}

[[noreturn]] void run_child(child_plan& plan) {
  errno = 0;
  if (prepare(plan)) ::execve(plan.words[0], plan.words.data(), plan.environment.data());
  const int number = errno;
  [[maybe_unused]] const auto told = ::write(plan.failure, &number, sizeof number);
  ::_exit(127);
}

// No handler of ours may run in the child, which still has them.
class signals_blocked {
 public:
  signals_blocked() {
    sigset_t all;
    ::sigfillset(&all);
    ::pthread_sigmask(SIG_BLOCK, &all, &before_);
  }
  ~signals_blocked() { ::pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
  signals_blocked(const signals_blocked&) = delete;
  signals_blocked& operator=(const signals_blocked&) = delete;

 private:
  sigset_t before_;
};

// vfork, since fork copies the page tables of all that we hold, and has us copy the pages after.
pid_t start_child(child_plan* plan) {
  const signals_blocked here;
  const pid_t id = ::vfork();
  if (id == 0) run_child(*plan);
  return id;
}

error failure(int number, std::string_view what) {
  return {disk_code(number, errc::usage),
          fmt::format("cannot start {}: {}", what, std::strerror(number))};
}

struct two_ends {
  descriptor reader, writer;
};

// Above the numbers that the child's pipes take.
descriptor moved_above(descriptor one, std::size_t numbers) {
  if (one.number() > static_cast<int>(numbers)) return one;
  return descriptor(::fcntl(one.number(), F_DUPFD_CLOEXEC, static_cast<int>(numbers) + 1));
}

bool open_pipe(two_ends& both, std::size_t numbers) {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) return false;
  both.reader = moved_above(descriptor(ends[0]), numbers);
  both.writer = moved_above(descriptor(ends[1]), numbers);
  return both.reader.number() >= 0 && both.writer.number() >= 0;
}

bool open_pipes(const program& what, std::vector<descriptor>& ours,
                std::vector<descriptor>& theirs) {
  for (const flow way : what.pipes) {
    two_ends both;
    if (!open_pipe(both, what.pipes.size())) return false;
    if (way == flow::to_child) std::swap(both.reader, both.writer);
    if (::fcntl(both.reader.number(), F_SETFL, O_NONBLOCK) != 0) return false;
    ours.push_back(std::move(both.reader));
    theirs.push_back(std::move(both.writer));
  }
  return true;
}

// What the child failed with; 0 once it is the program.
int failure_told(int reader) {
  int number = 0;
  ssize_t got = 0;
  do {
    got = ::read(reader, &number, sizeof number);
  } while (got < 0 && errno == EINTR);
  return got == sizeof number ? (number ? number : ESRCH) : 0;
}

void end_and_reap(pid_t id) {
  ::kill(id, SIGKILL);
  while (::waitpid(id, nullptr, 0) < 0 && errno == EINTR) continue;
}

}  // namespace

result<descriptor> watch(pid_t id) {
  const long number = ::syscall(SYS_pidfd_open, id, 0);
  if (number < 0) {
    return error{disk_code(errno, errc::unreadable),
                 fmt::format("cannot watch process {}: {}", id, std::strerror(errno))};
  }
  return descriptor(static_cast<int>(number));
}

result<spawned> spawn(const program& what) {
  spawned made;
  std::vector<descriptor> theirs;
  two_ends failed;
  if (!open_pipes(what, made.pipes, theirs) || !open_pipe(failed, what.pipes.size())) {
    return failure(errno, what.words[0]);
  }
  child_plan plan{&what, pointers_to(what.words), pointers_to(what.environment),
                  {},    failed.writer.number(),  ::getpid()};
  for (const descriptor& one : theirs) plan.pipe_ends.push_back(one.number());
  made.id = start_child(&plan);
  if (made.id < 0) return failure(errno, what.words[0]);
  failed.writer = descriptor();
  const int number = failure_told(failed.reader.number());
  auto life = watch(made.id);
  if (number == 0 && life) {
    made.life = std::move(*life);
    return made;
  }
  end_and_reap(made.id);
  if (number != 0) return failure(number, what.words[0]);
  return life.error();
}

}  // namespace retort::io
