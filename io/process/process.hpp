// A child process on the loop: what goes to it and comes from it, a deadline, its end. Dropped, it
// is killed with its whole group and reaped in the background; when the loop's io_context goes, all
// are, before that returns. One thread: the one that runs the loop, which must live as long as the
// child is to live. SIGPIPE is ignored in the program.
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <utility>

#include "io/base/awaitable.hpp"
#include "io/base/error.hpp"
#include "io/process/program.hpp"

namespace retort::io {

// Why we killed it, if we did; the first reason stays.
enum class killed_for {
  nothing,
  deadline,
  flood,  // more unread bytes than program::most_unread
  stop,
};

struct process_end {
  killed_for why = killed_for::nothing;
  int exit_code = 0;  // of an exit
  int signal = 0;     // that ended it, else 0
};

class process {
 public:
  using clock = std::chrono::steady_clock;

  // errc::usage when it cannot be executed, errc::disk when the machine is short of something.
  static result<process> start(executor on, const program& what);
  process(process&&) noexcept;
  ~process();

  pid_t id() const;

  // Pipes by their numbers. What is sent is kept until the child takes it; nothing more goes to one
  // that the child has closed.
  void send(std::size_t pipe, std::string bytes);
  void finish(std::size_t pipe);  // the child reads an end, behind what was sent
  // Takes in what stands in a pipe from the child, before the loop comes to it.
  void look(std::size_t pipe);
  // What has come and was not taken yet.
  const std::string& unread(std::size_t pipe) const;
  std::string take(std::size_t pipe, std::size_t bytes = std::string::npos);
  bool is_open(std::size_t pipe) const;  // of one from the child: more may come

  void kill(killed_for why = killed_for::stop);
  void kill_at(clock::time_point deadline);  // in place of any earlier deadline
  // A process of another session that it has started: killed with it, and its end waited for.
  result<void> include(pid_t descendant);

  // Ended and reaped, those included ended too, and nothing more comes.
  bool is_over() const;
  const process_end& end() const;  // once it is over

  struct state;
  state& internals() { return *state_; }

 private:
  explicit process(std::shared_ptr<state>);
  std::shared_ptr<state> state_;
};

// Waits until something has come, or ended; in vain at times. The process must stay alive until
// then.
awaitable<> news_of(process* of);

}  // namespace retort::io
