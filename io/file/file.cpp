#include "io/file/file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <system_error>

#include "io/base/disk_error.hpp"

namespace retort::io {
namespace {

// `call` returns -1 with errno, as system calls do.
auto uninterrupted(auto call) {
  for (;;) {
    const auto returned = call();
    if (returned >= 0 || errno != EINTR) return returned;
  }
}

// As its server has it, where it is one's.
std::optional<struct statx> looked_at(int descriptor, unsigned what) {
  struct statx about {};
  constexpr int fresh = AT_EMPTY_PATH | AT_STATX_FORCE_SYNC;
  if (::statx(descriptor, "", fresh, what, &about) < 0) return std::nullopt;
  return about;
}

// Says what errno stands for right now.
error failure(errc code, const std::string& path, std::string_view what) {
  const auto why = std::generic_category().message(errno);
  return {code, fmt::format("{}: cannot {}: {}", path, what, why)};
}

result<void> checked(int returned, const std::string& path, std::string_view what) {
  if (returned < 0) return failure(errc::disk, path, what);
  return {};
}

bool is_unsupported(int number) {
  return number == EOPNOTSUPP || number == ENOSYS || number == EINVAL;
}

// NFS 3 without its lock daemon says ENOLCK, Lustre without `-o flock` ENOSYS.
bool has_no_locks(int number) { return is_unsupported(number) || number == ENOLCK; }

}  // namespace

result<std::unique_ptr<file>> file::open(const std::string& path, int flags) {
  const int descriptor =
      uninterrupted([&] { return ::open(path.c_str(), flags | O_CLOEXEC, 0666); });
  if (descriptor >= 0) return std::make_unique<file>(path, descriptor);
  const bool reading = (flags & O_ACCMODE) == O_RDONLY;
  const errc code = disk_code(errno, reading ? errc::unreadable : errc::unwritable);
  return failure(code, path, "open");
}

// O_TMPFILE is not known to every file system.
result<std::unique_ptr<file>> file::open_nameless(const std::string& directory) {
  int made = ::open(directory.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
  if (made < 0) {
    std::string name = directory + "/nameless.XXXXXX";
    made = ::mkostemp(name.data(), O_CLOEXEC);
    if (made >= 0) ::unlink(name.c_str());
  }
  if (made >= 0) return std::make_unique<file>(directory + " (a file without a name)", made);
  return failure(disk_code(errno, errc::unwritable), directory, "make a file there");
}

result<std::unique_ptr<file>> file::again() const {
  const int made = ::fcntl(descriptor_, F_DUPFD_CLOEXEC, 0);
  if (made >= 0) return std::make_unique<file>(path_, made);
  return failure(errc::disk, path_, "open once more");
}

file::file(std::string path, int descriptor) : path_(std::move(path)), descriptor_(descriptor) {}

file::~file() { ::close(descriptor_); }

result<std::uint64_t> file::size() const {
  if (const auto about = looked_at(descriptor_, STATX_SIZE)) return about->stx_size;
  return failure(disk_code(errno, errc::unreadable), path_, "read");
}

result<std::int64_t> file::changed_ms() const {
  const auto about = looked_at(descriptor_, STATX_MTIME);
  if (about) return about->stx_mtime.tv_sec * 1000 + about->stx_mtime.tv_nsec / 1'000'000;
  return failure(disk_code(errno, errc::unreadable), path_, "read");
}

result<std::size_t> file::read(char* to, std::size_t bytes, std::uint64_t at) const {
  std::size_t done = 0;
  while (done < bytes) {
    const auto got = uninterrupted([&] {
      return ::pread(descriptor_, to + done, bytes - done, static_cast<off_t>(at + done));
    });
    if (got < 0) return failure(disk_code(errno, errc::unreadable), path_, "read");
    if (got == 0) break;
    done += static_cast<std::size_t>(got);
  }
  return done;
}

result<void> file::lock() {
  is_locked_ = uninterrupted([&] { return flock(); }) == 0;
  if (is_locked_ || has_no_locks(errno)) return {};
  if (errno != EWOULDBLOCK) return failure(errc::disk, path_, "lock");
  return error{errc::busy, path_ + ": another retort is running on it"};
}

file::written file::write(std::string_view bytes, std::uint64_t at) {
  written done;
  while (done.bytes < bytes.size()) {
    const auto rest = bytes.substr(done.bytes);
    const auto wrote =
        uninterrupted([&] { return pwrite(rest.data(), rest.size(), at + done.bytes); });
    if (wrote < 0) {
      done.problem = failure(errc::disk, path_, "write");
      break;
    }
    done.bytes += static_cast<std::size_t>(wrote);
  }
  return done;
}

result<void> file::reserve(std::uint64_t from, std::uint64_t to) {
  const int returned = uninterrupted([&] { return fallocate(from, to - from); });
  if (returned < 0 && is_unsupported(errno)) return {};
  return checked(returned, path_, "reserve disk space");
}

result<void> file::truncate(std::uint64_t size) {
  return checked(uninterrupted([&] { return ftruncate(size); }), path_, "truncate");
}

result<void> file::sync_data() {
  return checked(uninterrupted([&] { return fdatasync(); }), path_, "sync");
}

result<void> file::sync() {
  const int returned = uninterrupted([&] { return fsync(); });
  if (returned < 0 && is_unsupported(errno)) return {};
  return checked(returned, path_, "sync");
}

ssize_t file::pwrite(const char* from, std::size_t bytes, std::uint64_t at) {
  const ssize_t wrote = ::pwrite(descriptor_, from, bytes, static_cast<off_t>(at));
  if (wrote >= 0 || errno != ESPIPE) return wrote;
  return ::write(descriptor_, from, bytes);  // of a pipe, where no place is but the end
}

int file::fallocate(std::uint64_t from, std::uint64_t bytes) {
  return ::fallocate(descriptor_, FALLOC_FL_KEEP_SIZE, static_cast<off_t>(from),
                     static_cast<off_t>(bytes));
}

int file::ftruncate(std::uint64_t size) {
  return ::ftruncate(descriptor_, static_cast<off_t>(size));
}

int file::fdatasync() { return ::fdatasync(descriptor_); }

int file::fsync() { return ::fsync(descriptor_); }

int file::flock() { return ::flock(descriptor_, LOCK_EX | LOCK_NB); }

result<std::string> read_file(const std::string& path) {
  constexpr std::size_t block_bytes = std::size_t{64} << 10;
  auto in = file::open(path, O_RDONLY);
  if (!in) return in.error();
  std::string text;
  for (;;) {
    const std::size_t before = text.size();
    text.resize(before + block_bytes);
    const auto got = (*in)->read(text.data() + before, block_bytes, before);
    if (!got) return got.error();
    text.resize(before + *got);
    if (*got < block_bytes) return text;
  }
}

namespace {

result<void> write_whole(const std::string& path, int flags, std::string_view content) {
  auto out = file::open(path, O_WRONLY | flags);
  if (!out) return out.error();
  // Nothing is written where all cannot be: it may be over what was there.
  if (auto reserved = (*out)->reserve(0, content.size()); !reserved) return reserved;
  const auto put = (*out)->write(content, 0);
  if (put.problem) return *put.problem;
  auto cut = (*out)->truncate(content.size());
  return cut ? (*out)->sync() : cut;
}

}  // namespace

result<void> replace_file(const std::string& path, std::string_view content) {
  const std::string beside = path + ".new";
  ::unlink(beside.c_str());  // a link there would have another file written over
  auto written = write_whole(beside, O_CREAT | O_EXCL, content);
  if (!written) {
    ::unlink(beside.c_str());  // it would take room that there is none of
    return written;
  }
  std::error_code ec;
  std::filesystem::rename(beside, path, ec);
  if (ec) return error{errc::disk, path + ": " + ec.message()};
  return sync_directory_of(path);
}

result<void> replace_file_at_any_rate(const std::string& path, std::string_view content) {
  auto replaced = replace_file(path, content);
  if (replaced || replaced.error().code != errc::disk) return replaced;
  return write_whole(path, O_NOFOLLOW, content) ? result<void>() : replaced;
}

result<void> sync_directory_of(const std::string& path) {
  const auto parent = std::filesystem::path(path).parent_path().string();
  auto directory = file::open(parent.empty() ? "." : parent, O_RDONLY | O_DIRECTORY);
  if (!directory) return directory.error();
  return (*directory)->sync();
}

}  // namespace retort::io
