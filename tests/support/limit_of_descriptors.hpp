// As `ulimit -S -n` in a shell, until the end of the block.
#pragma once

#include <sys/resource.h>

namespace retort::test {

class limit_of_descriptors {
 public:
  explicit limit_of_descriptors(rlim_t most) {
    ::getrlimit(RLIMIT_NOFILE, &before_);
    const rlimit lower{most, before_.rlim_max};
    ::setrlimit(RLIMIT_NOFILE, &lower);
  }
  ~limit_of_descriptors() { ::setrlimit(RLIMIT_NOFILE, &before_); }
  limit_of_descriptors(const limit_of_descriptors&) = delete;
  limit_of_descriptors& operator=(const limit_of_descriptors&) = delete;

  rlim_t hard() const { return before_.rlim_max; }
  static rlim_t now() {
    rlimit limit{};
    ::getrlimit(RLIMIT_NOFILE, &limit);
    return limit.rlim_cur;
  }

 private:
  rlimit before_{};
};

}  // namespace retort::test
