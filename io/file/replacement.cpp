#include "io/file/replacement.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <system_error>

#include "io/base/disk_error.hpp"

namespace retort::io {
namespace {

namespace fs = std::filesystem;

// Says what errno stands for right now.
error not_replaced(const std::string& path) {
  return {disk_code(errno, errc::unwritable),
          fmt::format("{}: cannot be written: {}", path, std::generic_category().message(errno))};
}

// Whoever works from another node, whose lock is not seen here, takes a file in the making for one
// that was left behind.
error taken_away(const std::string& path) {
  return {errc::busy,
          path +
              ": what was to take its place is gone: another retort may be at work on it; "
              "try again when that has ended"};
}

error made_meanwhile(const std::string& path) {
  return {errc::busy, path + ": another process has made it meanwhile; try again"};
}

std::string directory_of(const std::string& path) {
  const auto parent = fs::path(path).parent_path().string();
  return parent.empty() ? "." : parent;
}

// Whoever makes a file holds its lock: one that is free was left by a process that has ended.
bool lock(int descriptor) { return ::flock(descriptor, LOCK_EX | LOCK_NB) == 0; }

std::string beside(const std::string& path, int number) {
  return fmt::format("{}.retort-new.{}", path, number);
}

// Where a descriptor can be linked from.
std::string place_of(const file& of) { return fmt::format("/proc/self/fd/{}", of.descriptor()); }

bool remove_left_behind(const std::string& name) {
  auto left = file::open(name, O_RDWR | O_NOFOLLOW | O_NONBLOCK);
  if (!left) left = file::open(name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
  if (!left || !lock((*left)->descriptor())) return false;
  return (*left)->identity() == identity_of(name) && ::unlink(name.c_str()) == 0;
}

// `make` returns -1 and EEXIST where the name is taken.
template <class Make>
int make_beside(const std::string& path, std::string& name, const Make& make) {
  for (int i = 1;;) {
    name = beside(path, i);
    const int made = make(name.c_str());
    if (made >= 0 || errno != EEXIST) return made;
    if (!remove_left_behind(name)) ++i;
  }
}

// As ::link(). A server whose reply was lost is asked again, and says EEXIST of what it has done.
int link(const file& of, const std::string& from, const char* to) {
  if (::linkat(AT_FDCWD, from.c_str(), AT_FDCWD, to, AT_SYMLINK_FOLLOW) == 0) return 0;
  const int why = errno;
  if (why == EEXIST && of.identity() == identity_of(to)) return 0;
  errno = why;
  return -1;
}

// Another process may find it before it is locked, and take it for left behind.
int make_locked(const char* free) {
  const int made = ::open(free, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
  if (made < 0) return made;
  const bool is_other = !lock(made) && errno == EWOULDBLOCK;
  if (!is_other && identity_of(made) == identity_of(free)) return made;
  ::close(made);
  errno = EEXIST;
  return -1;
}

}  // namespace

result<replacement> replacement::begin(const std::string& path) {
  std::error_code ec;
  std::string to = fs::weakly_canonical(path, ec).string();
  if (ec) to = path;
  int made = ::open(directory_of(to).c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0666);
  if (made >= 0) {
    auto nameless = std::make_unique<file>(path, made);
    (void)lock(made);
    if (::access(place_of(*nameless).c_str(), F_OK) == 0) {
      return replacement(std::move(to), "", std::move(nameless));
    }
  }
  std::string name;
  made = make_beside(to, name, make_locked);
  if (made < 0) return not_replaced(path);
  return replacement(std::move(to), std::move(name), std::make_unique<file>(path, made));
}

replacement::~replacement() {
  if (file_ && has_name()) ::unlink(name_.c_str());
}

result<void> replacement::take_over() {
  struct stat old {};
  if (::stat(path_.c_str(), &old) == 0) (void)::fchmod(file_->descriptor(), old.st_mode & 07777);
  if (name_.empty()) {
    const std::string place = place_of(*file_);
    const int linked =
        make_beside(path_, name_, [&](const char* free) { return link(*file_, place, free); });
    if (linked < 0) {
      name_.clear();
      return not_replaced(path_);
    }
  }
  return rename_to_path();
}

// Where a lock holds on one machine only, another's process may have taken the file for left
// behind.
bool replacement::has_name() const {
  return !name_.empty() && file_->identity() == identity_of(name_);
}

result<void> replacement::rename_to_path() {
  if (!has_name()) return taken_away(path_);
  if (::rename(name_.c_str(), path_.c_str()) == 0) return in_place();
  if (errno != ENOENT) return not_replaced(path_);
  const bool is_done = file_->identity() == identity_of(path_);  // and its reply was lost
  return is_done ? in_place() : taken_away(path_);
}

result<void> replacement::take_name() {
  if (!name_.empty() && !has_name()) return taken_away(path_);
  const std::string from = name_.empty() ? place_of(*file_) : name_;
  if (link(*file_, from, path_.c_str()) == 0) {
    if (!name_.empty()) ::unlink(name_.c_str());
    return in_place();
  }
  if (errno == EEXIST) return made_meanwhile(path_);
  return name_.empty() ? not_replaced(path_) : rename_over_nothing();
}

// Where there are no hard links (exFAT, SMB, what mounts a bucket). A kill in between leaves an
// empty file, in which nobody has anything to lose.
result<void> replacement::rename_over_nothing() {
  const int made = ::open(path_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
  if (made < 0) return errno == EEXIST ? made_meanwhile(path_) : not_replaced(path_);
  const auto empty = identity_of(made);
  ::close(made);
  auto renamed = rename_to_path();
  if (!renamed && identity_of(path_) == empty) ::unlink(path_.c_str());
  return renamed;
}

result<void> replacement::in_place() {
  name_.clear();
  (void)::flock(file_->descriptor(), LOCK_UN);
  return sync_directory_of(path_);
}

}  // namespace retort::io
