// A real Redis of a test's own: on a free port of loopback, with nothing on disk, gone with the
// test. It can be killed and started again on its port. One thread.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "io/redis/redis_link.hpp"
#include "tests/support/child_process.hpp"
#include "tests/support/temporary_directory.hpp"

namespace retort::test {

struct redis_options {
  std::string password = {};
  bool tls = false;                    // with a certificate for `host`
  std::string host = {};               // "": where it is
  std::uint16_t port = 0;              // 0, or taken: another that is free
  std::vector<std::string> more = {};  // words for its command line
};

class redis_process {
 public:
  explicit redis_process(redis_options how = {});  // throws std::runtime_error

  io::redis_server address() const;  // with the password and the authority's file
  std::string url() const { return address().shown(); }
  const std::string& ca_file() const { return ca_file_; }

  void kill();   // as kill -9: what it knew is gone
  void start();  // and waits until it answers
  // A command, by a connection of its own.
  std::vector<std::string> say(const std::vector<std::string>& words) const;

 private:
  bool listens();  // from now on
  [[noreturn]] void fail() const;

  redis_options how_;
  temporary_directory files_;
  std::uint16_t port_ = 0;
  std::string ca_file_;
  std::unique_ptr<child_process> server_;
};

// Within some seconds from now.
io::redis_link::deadline in_time();

}  // namespace retort::test
