#include "io/file/file_limit.hpp"

#include <sys/resource.h>

#include <algorithm>

namespace retort::io {

std::uint64_t raise_file_limit(std::uint64_t needed) {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return 1024;
  if (limit.rlim_cur >= needed) return limit.rlim_cur;
  const rlimit raised{std::min<rlim_t>(needed, limit.rlim_max), limit.rlim_max};
  return ::setrlimit(RLIMIT_NOFILE, &raised) == 0 ? raised.rlim_cur : limit.rlim_cur;
}

}  // namespace retort::io
