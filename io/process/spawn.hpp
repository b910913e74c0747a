// Starts a program as a child: a session and a process group of its own, none of our descriptors,
// default signals, and death when the thread that started it dies. The child waits for nothing, and
// the caller for no longer than an exec takes. Any thread.
#pragma once

#include <sys/types.h>

#include <vector>

#include "io/base/error.hpp"
#include "io/process/descriptor.hpp"
#include "io/process/program.hpp"

namespace retort::io {

struct spawned {
  pid_t id = 0;                   // of the child and of its group; the caller reaps it
  descriptor life;                // a pidfd: readable once it has ended
  std::vector<descriptor> pipes;  // our ends, in the order of program::pipes; they do not block
};

// errc::usage when the program cannot be executed, errc::disk when the machine is short of
// descriptors, processes or memory.
result<spawned> spawn(const program& what);

// A pidfd of a process; errc::unreadable when there is none.
result<descriptor> watch(pid_t id);

}  // namespace retort::io
