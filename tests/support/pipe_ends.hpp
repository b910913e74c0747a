// A pipe, both of whose ends are the test's. Any thread.
#pragma once

#include <doctest/doctest.h>
#include <fcntl.h>
#include <unistd.h>

#include <string_view>

namespace retort::test {

class pipe_ends {
 public:
  pipe_ends() { REQUIRE(::pipe2(ends_, O_CLOEXEC) == 0); }
  ~pipe_ends() {
    ::close(ends_[0]);
    close_writer();
  }
  pipe_ends(const pipe_ends&) = delete;
  pipe_ends& operator=(const pipe_ends&) = delete;

  int reader() const { return ends_[0]; }
  void write(std::string_view text) const {
    REQUIRE(::write(ends_[1], text.data(), text.size()) == static_cast<ssize_t>(text.size()));
  }
  void close_writer() {
    if (ends_[1] >= 0) ::close(ends_[1]);
    ends_[1] = -1;
  }

 private:
  int ends_[2] = {-1, -1};
};

}  // namespace retort::test
