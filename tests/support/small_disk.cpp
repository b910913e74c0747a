#include "tests/support/small_disk.hpp"

#include <sched.h>
#include <sys/mount.h>

#include <cerrno>
#include <system_error>

namespace retort::test {
namespace {

bool mount_sized(const std::string& path, std::size_t bytes, unsigned long flags) {
  const std::string size = "size=" + std::to_string(bytes);
  return ::mount("tmpfs", path.c_str(), "tmpfs", flags, size.c_str()) == 0;
}

// From here on, mounts of this thread are nobody else's business.
bool leave_mounts() {
  return ::unshare(CLONE_NEWNS) == 0 &&
         ::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0;
}

}  // namespace

std::unique_ptr<small_disk> small_disk::mount(const std::string& path, std::size_t bytes) {
  if (!leave_mounts() || !mount_sized(path, bytes, 0)) return nullptr;
  return std::unique_ptr<small_disk>(new small_disk(path));
}

small_disk::~small_disk() { ::umount2(path_.c_str(), MNT_DETACH); }

void small_disk::resize(std::size_t bytes) const {
  if (mount_sized(path_, bytes, MS_REMOUNT)) return;
  throw std::system_error(errno, std::generic_category(), path_);
}

}  // namespace retort::test
