#include "engine/sandbox/syscall_filter.hpp"

#include <fmt/format.h>
#include <sched.h>
#include <seccomp.h>
#include <sys/mman.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <memory>

#include "io/process/descriptor.hpp"

namespace retort::engine {
namespace {

// By name: one that this machine does not have is passed over.
constexpr std::array refused{
    // memory beside RLIMIT_AS and the bounded temporary directories
    "memfd_create", "memfd_secret", "shmget", "mq_open", "msgget", "semget",
    // other processes
    "ptrace", "process_vm_readv", "process_vm_writev", "pidfd_getfd", "kcmp", "process_madvise",
    // namespaces and mounts
    "unshare", "setns", "mount", "umount2", "pivot_root", "chroot", "move_mount", "open_tree",
    "fsopen", "fsmount", "fsconfig", "fspick", "mount_setattr",
    // of the kernel's inside
    "bpf", "perf_event_open", "userfaultfd", "io_uring_setup", "io_uring_enter",
    "io_uring_register", "keyctl", "add_key", "request_key", "kexec_load", "kexec_file_load",
    "init_module", "finit_module", "delete_module", "open_by_handle_at", "name_to_handle_at",
    "fanotify_init", "inotify_init", "inotify_init1", "syslog", "quotactl", "acct", "swapon",
    "swapoff", "reboot", "personality", "modify_ldt", "lookup_dcookie", "nfsservctl", "vmsplice",
    "landlock_create_ruleset"};

struct release {
  void operator()(void* filter) const { ::seccomp_release(filter); }
};
using filter_ptr = std::unique_ptr<void, release>;

bool refuse(void* filter, const char* name, int number) {
  const int call = ::seccomp_syscall_resolve_name(name);
  if (call == __NR_SCMP_ERROR || call < 0) return true;
  return ::seccomp_rule_add(filter, SCMP_ACT_ERRNO(static_cast<unsigned>(number)), call, 0) == 0;
}

// New namespaces by clone; clone3, whose flags a filter cannot see, is said not to exist.
bool refuse_namespaces(void* filter) {
  constexpr std::array kinds{CLONE_NEWUSER, CLONE_NEWNS,  CLONE_NEWPID,   CLONE_NEWNET,
                             CLONE_NEWIPC,  CLONE_NEWUTS, CLONE_NEWCGROUP};
  for (const int kind : kinds) {
    const auto flag = static_cast<scmp_datum_t>(kind);
    const scmp_arg_cmp with_it{0, SCMP_CMP_MASKED_EQ, flag, flag};
    if (::seccomp_rule_add_array(filter, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(clone), 1, &with_it) !=
        0) {
      return false;
    }
  }
  return refuse(filter, "clone3", ENOSYS);
}

filter_ptr make_filter() {
  filter_ptr made(::seccomp_init(SCMP_ACT_ALLOW));
  if (!made) return nullptr;
  for (const char* const name : refused) {
    if (!refuse(made.get(), name, EPERM)) return nullptr;
  }
  return refuse_namespaces(made.get()) ? std::move(made) : nullptr;
}

std::string content_of(int file) {
  std::string text(static_cast<std::size_t>(::lseek(file, 0, SEEK_END)), '\0');
  const ssize_t got = ::pread(file, text.data(), text.size(), 0);
  text.resize(got < 0 ? 0 : static_cast<std::size_t>(got));
  return text;
}

error failure() { return {errc::disk, "code: no filter of system calls could be made"}; }

}  // namespace

result<std::string> make_syscall_filter() {
  const filter_ptr filter = make_filter();
  const io::descriptor file(::memfd_create("filter", MFD_CLOEXEC));
  if (!filter || file.number() < 0) return failure();
  if (::seccomp_export_bpf(filter.get(), file.number()) != 0) return failure();
  std::string text = content_of(file.number());
  if (text.empty()) return failure();
  return text;
}

}  // namespace retort::engine
