// What bubblewrap is told to build: a root of its own with the system's programs, read-only, and
// small temporary directories; no network, no /proc, no user, process or file of ours. Any thread.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace retort::engine {

// The descriptors that the judge's process has: io::program::pipes.
enum sandbox_pipe : int {
  payload_pipe,  // 0: what is judged
  output_pipe,
  errors_pipe,
  report_pipe,  // from the harness
  info_pipe,    // from bubblewrap: the process that is the first inside
  start_pipe,   // to bubblewrap: a byte lets it go on
  filter_pipe,  // to bubblewrap: the system calls that are refused
};

// The top of this machine's file system as far as programs need it: "/lib" -> "usr/lib", or ""
// where it is a directory.
using root_entry = std::pair<std::string, std::string>;
std::vector<root_entry> root_links();

// A Python and what it needs besides /usr.
struct python {
  std::string path;
  std::vector<std::string> directories;
};

// The words that start `runs` in it: its program and arguments, as they are called inside.
std::vector<std::string> bubblewrap_words(const std::string& bubblewrap,
                                          const std::vector<root_entry>& top, const python& by,
                                          const std::vector<std::string>& runs);

// The number of the first process inside, from what bubblewrap wrote to info_pipe; 0 while that has
// not come.
int first_process(std::string_view info);

// Whether the user namespace that `uid_map` (/proc/self/uid_map, user_namespaces(7)) describes has
// that user: in one that a user has made for itself nobody else is there, and its root is no root
// outside.
bool maps_user(std::string_view uid_map, unsigned long user);

// "" where it cannot be read; without the line breaks at its end.
std::string content_of_file(const char* path);

// What the kernel says about who may make user namespaces: the content of the file, "" without one.
struct namespace_settings {
  std::string unprivileged;  // /proc/sys/kernel/unprivileged_userns_clone (Debian's)
  std::string most;          // /proc/sys/user/max_user_namespaces
  std::string apparmor;      // /proc/sys/kernel/apparmor_restrict_unprivileged_userns (Ubuntu's)
};
namespace_settings read_namespace_settings();

// One line: that it cannot start, what it said, and what to do about it.
std::string cannot_start(std::string_view said, const namespace_settings& kernel);

}  // namespace retort::engine
