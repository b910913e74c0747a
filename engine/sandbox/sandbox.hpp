// Runs untrusted Python in bubblewrap, never outside it: what it holds, and what it does not, is
// told in engine/sandbox/sandbox.md. One thread: the one that runs the loop.
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>

#include "engine/sandbox/code_report.hpp"
#include "io/base/awaitable.hpp"
#include "io/base/error.hpp"

namespace retort::engine {

struct code_limits {
  std::chrono::milliseconds timeout{10'000};     // of wall time, from when the code begins
  std::size_t memory = std::size_t{1024} << 20;  // bytes of address space, of each process
};

class sandbox {
 public:
  struct state;
  explicit sandbox(std::shared_ptr<state>);

  // Why the Python that runs is not the first python3 of PATH, for the person; else empty.
  const std::string& note() const;

  // Ends what runs and what waits with code_outcome::stopped, and all that comes later. To be
  // called before the loop goes, where something may still wait.
  void stop();

  // Shared with what runs.
  const std::shared_ptr<state>& internals() { return state_; }

 private:
  std::shared_ptr<state> state_;
};

// The first python3 of `path` (PATH) that starts in the sandbox; so many programs at a time.
// errc::usage, one line and what to do, where none does: before any money is spent.
io::awaitable<result<sandbox>> open_sandbox(io::executor on, std::size_t places, std::string path);

// Runs the code, then the tests in the same namespace, when it is their turn.
io::awaitable<code_result> run_code(sandbox* in, std::string code, std::string tests,
                                    code_limits limits);

}  // namespace retort::engine
