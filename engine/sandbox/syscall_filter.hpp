// The system calls that code in the sandbox is refused: those that take memory which no limit
// counts, look into other processes, or open parts of the kernel that no program under test needs.
#pragma once

#include <string>

#include "io/base/error.hpp"

namespace retort::engine {

// A seccomp program, as bubblewrap reads it. Any thread. errc::disk when the system is short of
// something.
result<std::string> make_syscall_filter();

}  // namespace retort::engine
