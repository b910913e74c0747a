// Which processes live, as the kernel tells it. Any thread.
#pragma once

#include <sys/types.h>
#include <sys/wait.h>

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

namespace retort::test {

// Not ended; a zombie has.
inline bool is_alive(pid_t id) {
  std::ifstream file("/proc/" + std::to_string(id) + "/stat");
  std::string line;  // by getline(), which takes the end of a process for the end of its file
  std::getline(file, line, '\0');
  const auto name_end = line.rfind(") ");
  return name_end != std::string::npos && line[name_end + 2] != 'Z' && line[name_end + 2] != 'X';
}

// Whether this process has any, a zombie included.
inline bool has_children() {
  return ::waitid(P_ALL, 0, nullptr, WEXITED | WNOHANG | WNOWAIT) == 0 || errno != ECHILD;
}

inline std::size_t open_descriptors() {
  using iterator = std::filesystem::directory_iterator;
  return static_cast<std::size_t>(std::distance(iterator("/proc/self/fd"), iterator()));
}

}  // namespace retort::test
