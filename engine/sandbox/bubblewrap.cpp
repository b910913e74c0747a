#include "engine/sandbox/bubblewrap.hpp"

#include <fmt/format.h>

#include <charconv>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>

#include "io/base/one_line.hpp"

namespace retort::engine {
namespace {

namespace fs = std::filesystem;
using words = std::vector<std::string>;

// Bytes. What is written there is memory.
constexpr int temporary_size = 64 << 20, shared_memory_size = 16 << 20;

void add(words& to, std::initializer_list<std::string> more) {
  to.insert(to.end(), more.begin(), more.end());
}

void add_root(words& to, const std::vector<root_entry>& top, const python& by) {
  add(to, {"--ro-bind", "/usr", "/usr"});
  for (const auto& [name, target] : top) {
    if (target.empty()) {
      add(to, {"--ro-bind", name, name});
    } else {
      add(to, {"--symlink", target, name});
    }
  }
  // Where libraries are, and which of several: nothing of it is anybody's.
  for (const char* const known : {"/etc/ld.so.cache", "/etc/alternatives"}) {
    add(to, {"--ro-bind-try", known, known});
  }
  for (const std::string& one : by.directories) add(to, {"--ro-bind", one, one});
}

// No --dev and no --proc: the one is a directory to write to without a bound, and a container may
// forbid the other.
void add_devices(words& to) {
  for (const char* const device : {"/dev/null", "/dev/zero", "/dev/urandom", "/dev/random"}) {
    add(to, {"--dev-bind", device, device});
  }
  add(to, {"--size", std::to_string(shared_memory_size), "--tmpfs", "/dev/shm"});
}

std::string_view remedy(const namespace_settings& kernel) {
  if (kernel.unprivileged == "0") return "sysctl kernel.unprivileged_userns_clone=1";
  if (kernel.most == "0") return "sysctl user.max_user_namespaces=10000";
  if (kernel.apparmor == "1") return "sysctl kernel.apparmor_restrict_unprivileged_userns=0";
  return "in a container, one that may make user namespaces (docker run --security-opt "
         "seccomp=unconfined --security-opt apparmor=unconfined)";
}

}  // namespace

std::vector<root_entry> root_links() {
  std::vector<root_entry> found;
  std::error_code ignored;
  for (const char* const name : {"/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32"}) {
    if (fs::is_symlink(name, ignored)) {
      found.emplace_back(name, fs::read_symlink(name, ignored).string());
    } else if (fs::is_directory(name, ignored)) {
      found.emplace_back(name, "");
    }
  }
  return found;
}

std::vector<std::string> bubblewrap_words(const std::string& bubblewrap,
                                          const std::vector<root_entry>& top, const python& by,
                                          const std::vector<std::string>& runs) {
  words all{bubblewrap,
            "--unshare-user",
            "--unshare-pid",
            "--unshare-ipc",
            "--unshare-net",
            "--unshare-uts",
            "--unshare-cgroup-try",
            "--uid",
            "1000",
            "--gid",
            "1000",
            "--hostname",
            "sandbox",
            "--die-with-parent",
            "--cap-drop",
            "ALL",
            "--clearenv"};
  add_root(all, top, by);
  add_devices(all);
  add(all, {"--size", std::to_string(temporary_size), "--tmpfs", "/tmp", "--chdir", "/tmp"});
  add(all, {"--remount-ro", "/"});
  // One thread, as the limit of processes counts threads too.
  for (const char* const name : {"OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"}) {
    add(all, {"--setenv", name, "1"});
  }
  add(all, {"--setenv", "PATH", "/usr/bin:/bin", "--setenv", "HOME", "/tmp"});
  add(all, {"--info-fd", std::to_string(info_pipe), "--block-fd", std::to_string(start_pipe),
            "--seccomp", std::to_string(filter_pipe), "--"});
  all.insert(all.end(), runs.begin(), runs.end());
  return all;
}

int first_process(std::string_view info) {
  constexpr std::string_view name = "\"child-pid\":";
  const auto at = info.find(name);
  if (at == std::string_view::npos || info.find('}') == std::string_view::npos) return 0;
  info.remove_prefix(info.find_first_not_of(' ', at + name.size()));
  int number = 0;
  std::from_chars(info.data(), info.data() + info.size(), number);
  return number;
}

bool maps_user(std::string_view uid_map, unsigned long user) {
  std::istringstream lines{std::string(uid_map)};
  unsigned long inside = 0, outside = 0, count = 0;
  while (lines >> inside >> outside >> count) {
    if (user >= inside && user - inside < count) return true;
  }
  return false;
}

std::string content_of_file(const char* path) {
  std::ifstream file(path);
  std::string text{std::istreambuf_iterator<char>(file), {}};
  while (text.ends_with('\n')) text.pop_back();
  return text;
}

namespace_settings read_namespace_settings() {
  return {content_of_file("/proc/sys/kernel/unprivileged_userns_clone"),
          content_of_file("/proc/sys/user/max_user_namespaces"),
          content_of_file("/proc/sys/kernel/apparmor_restrict_unprivileged_userns")};
}

std::string cannot_start(std::string_view said, const namespace_settings& kernel) {
  return fmt::format("code: bubblewrap cannot start ({}); what it needs: {}",
                     io::one_line(said, 200), remedy(kernel));
}

}  // namespace retort::engine
