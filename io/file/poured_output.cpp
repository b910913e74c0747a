#include "io/file/poured_output.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>
#include <utility>

namespace retort::io {
namespace {

class poured_output final : public file {
 public:
  poured_output(int descriptor, std::shared_ptr<interrupt> stop)
      : file("standard output", descriptor), descriptor_(descriptor), stop_(std::move(stop)) {}

 protected:
  // A write of more than a pipe has room for would wait where no interrupt reaches it.
  ssize_t pwrite(const char* from, std::size_t bytes, std::uint64_t) override {
    if (!stop_->wait_writable(descriptor_)) {
      errno = ECANCELED;
      return -1;
    }
    const auto wrote = ::write(descriptor_, from, std::min<std::size_t>(bytes, atomic_bytes));
    if (wrote < 0 && errno == EAGAIN) errno = EINTR;  // somebody else made it non-blocking
    return wrote;
  }
  int ftruncate(std::uint64_t) override { return 0; }
  int fsync() override { return 0; }

 private:
  static constexpr std::size_t atomic_bytes = 4096;  // PIPE_BUF: what poll(2) promises room for

  int descriptor_;
  std::shared_ptr<interrupt> stop_;
};

}  // namespace

result<std::unique_ptr<file>> open_standard_output(std::shared_ptr<interrupt> stop,
                                                   int descriptor) {
  const int flags = ::fcntl(descriptor, F_GETFL);
  const bool writable = flags >= 0 && (flags & O_ACCMODE) != O_RDONLY;
  const int own = writable ? ::fcntl(descriptor, F_DUPFD_CLOEXEC, 3) : -1;
  if (own < 0) return error{errc::unwritable, "standard output is closed"};
  return std::make_unique<poured_output>(own, std::move(stop));
}

}  // namespace retort::io
