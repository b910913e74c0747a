// What is to be started as a child, and what it gets of ours: nothing but what is named here. Plain
// values; any thread.
#pragma once

#include <sys/resource.h>
#include <sys/types.h>

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace retort::io {

// Which way a pipe's bytes go.
enum class flow { to_child, from_child };

// Soft and hard alike: setrlimit(2).
struct resource_limit {
  __rlimit_resource which;
  rlim_t most;
};

struct program {
  std::vector<std::string> words;        // a path (find_program), and its arguments
  std::vector<std::string> environment;  // "NAME=value"; ours holds keys, and is not inherited
  // The child's descriptors from 0 on; it inherits no other.
  std::vector<flow> pipes{flow::to_child, flow::from_child, flow::from_child};
  std::vector<resource_limit> limits;
  std::size_t most_unread = std::size_t{1} << 20;  // bytes of a pipe; one more kills it
  std::optional<std::size_t> only_tail;            // but of this one only the last bytes are kept
  std::string directory;                           // to run in; where empty: ours
  std::optional<uid_t> user;                       // to run as, with its group alone; only root can
  bool dies_first = false;  // when the machine runs out of memory, before others do
};

// The path of an executable file: `name` itself where it has a slash, else the first found in the
// directories of `path`, as PATH lists them.
std::optional<std::string> find_program(std::string_view name, std::string_view path);

// This process's environment, as "NAME=value", without those variables.
std::vector<std::string> environment_without(std::span<const std::string> names);

}  // namespace retort::io
