// A file system without hard links and without nameless files, as exFAT, SMB and what mounts a
// bucket are: for one thread, the kernel refuses what they do not know. Linux.
#pragma once

#include <fcntl.h>
#include <seccomp.h>

#include <cerrno>
#include <future>

namespace retort::test {

// Calls `f` in a thread of its own, where it is so; false where that cannot be had.
template <class F>
bool without_links(const F& f) {
  const auto refused = [] {
    const auto filter = ::seccomp_init(SCMP_ACT_ALLOW);
    constexpr scmp_datum_t nameless = O_TMPFILE;
    const bool is_loaded =
        filter && ::seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(linkat), 0) == 0 &&
        ::seccomp_rule_add(filter, SCMP_ACT_ERRNO(EOPNOTSUPP), SCMP_SYS(openat), 1,
                           SCMP_A2(SCMP_CMP_MASKED_EQ, nameless, nameless)) == 0 &&
        ::seccomp_load(filter) == 0;
    if (filter) ::seccomp_release(filter);
    return is_loaded;
  };
  return std::async(std::launch::async, [&] { return refused() && (f(), true); }).get();
}

}  // namespace retort::test
