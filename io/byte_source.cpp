#include "io/byte_source.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace retort::io {
namespace {

error system_failure(const std::string& name) {
  return {errc::unreadable, name + ": " + std::generic_category().message(errno)};
}

class descriptor_source final : public byte_source {
 public:
  descriptor_source(std::string name, int owned) : byte_source(std::move(name)), fd_(owned) {}
  ~descriptor_source() override { ::close(fd_); }

  result<std::size_t> read(std::span<char> out) override {
    ssize_t got = 0;
    do {
      got = ::read(fd_, out.data(), out.size());
    } while (got < 0 && errno == EINTR);  // a signal means to stop the run, not to fail it
    if (got < 0) return system_failure(name());
    return static_cast<std::size_t>(got);
  }

 private:
  int fd_;
};

result<std::unique_ptr<byte_source>> own(const std::string& name, int fd) {
  if (fd < 0) return system_failure(name);
  return std::make_unique<descriptor_source>(name, fd);
}

}  // namespace

result<std::unique_ptr<byte_source>> open_file(const std::string& path) {
  return own(path, ::open(path.c_str(), O_RDONLY | O_CLOEXEC));
}

result<std::unique_ptr<byte_source>> open_standard_input() {
  return own("standard input", ::fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0));
}

}  // namespace retort::io
