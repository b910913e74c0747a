// A file system without hard links, nameless files and names that change places, as exFAT, SMB and
// what mounts a bucket are: for one thread, the kernel refuses what they do not know. Linux.
#pragma once

#include <fcntl.h>
#include <seccomp.h>

#include <cerrno>
#include <future>

namespace retort::test {

// Calls `f` in a thread of its own, where it is so; false where that cannot be had.
template <class F>
bool on_plain_disk(const F& f) {
  const auto refused = [] {
    const auto filter = ::seccomp_init(SCMP_ACT_ALLOW);
    const auto refuse = [&](int call, int number, scmp_arg_cmp where) {
      const auto act = SCMP_ACT_ERRNO(static_cast<unsigned>(number));
      return ::seccomp_rule_add_array(filter, act, call, 1, &where) == 0;
    };
    constexpr scmp_datum_t nameless = O_TMPFILE;
    const bool is_loaded =
        filter && refuse(SCMP_SYS(linkat), EPERM, {0, SCMP_CMP_GE, 0, 0}) &&
        refuse(SCMP_SYS(openat), EOPNOTSUPP, {2, SCMP_CMP_MASKED_EQ, nameless, nameless}) &&
        refuse(SCMP_SYS(renameat2), EINVAL, {4, SCMP_CMP_NE, 0, 0}) &&  // but for a plain one
        ::seccomp_load(filter) == 0;
    if (filter) ::seccomp_release(filter);
    return is_loaded;
  };
  return std::async(std::launch::async, [&] { return refused() && (f(), true); }).get();
}

}  // namespace retort::test
