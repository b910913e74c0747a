#include "io/dataset/byte_source.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

#include "io/base/disk_error.hpp"

namespace retort::io {
namespace {

error system_failure(const std::string& name) {
  return {disk_code(errno, errc::unreadable), name + ": " + std::generic_category().message(errno)};
}

class descriptor_source final : public byte_source {
 public:
  descriptor_source(std::string name, int owned, const interrupt& stop)
      : byte_source(std::move(name)), fd_(owned), stop_(&stop) {}
  ~descriptor_source() override { ::close(fd_); }

  result<std::size_t> read(std::span<char> out) override {
    while (stop_->wait_readable(fd_)) {
      const ssize_t got = ::read(fd_, out.data(), out.size());
      if (got >= 0) return static_cast<std::size_t>(got);
      if (errno != EINTR && errno != EAGAIN) return system_failure(name());
    }
    return error{errc::cancelled, name() + ": reading was stopped"};
  }

 private:
  int fd_;
  const interrupt* stop_;
};

result<std::unique_ptr<byte_source>> own(const std::string& name, int fd, const interrupt& stop) {
  if (fd < 0) return system_failure(name);
  return std::make_unique<descriptor_source>(name, fd, stop);
}

}  // namespace

// Without O_NONBLOCK, a named pipe that nobody writes to could not even be opened.
result<std::unique_ptr<byte_source>> open_file(const std::string& path, const interrupt& stop) {
  return own(path, ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK), stop);
}

result<std::unique_ptr<byte_source>> open_standard_input(const interrupt& stop) {
  return own("standard input", ::fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0), stop);
}

}  // namespace retort::io
