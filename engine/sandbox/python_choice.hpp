// Which Python runs in the sandbox, and which directories it needs there. One thread, that of the
// loop; the pure parts any.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/sandbox/bubblewrap.hpp"
#include "io/base/awaitable.hpp"
#include "io/base/error.hpp"

namespace retort::engine {

// Every python3 in the directories of `path` (PATH), in their order, and the system's last.
std::vector<std::string> pythons_in(std::string path);

struct known_python {
  python call;       // its own name for itself, past links and wrappers
  std::string name;  // "/usr/bin/python3 (3.11.2)"
};

// From what one says of itself: its path, its version, and its directories, a line each. Those
// under /usr are there anyway. errc::usage where one holds a directory of `ours` too: it is shown
// to nobody.
result<known_python> read_python(std::string_view lines, const std::vector<std::string>& ours);

// Asks it, outside the sandbox: it is the user's.
io::awaitable<result<known_python>> ask_python(io::executor on, std::string path);

}  // namespace retort::engine
