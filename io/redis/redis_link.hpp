// A connection to a Redis or Valkey server: a command, and its reply, one at a time, each with a
// deadline. It blocks, so it belongs to a thread that has nothing else to do. The protocol is
// hiredis', the socket our own, so that TLS is as everywhere here: verified, with the host's name.
// One thread at a time.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "io/base/error.hpp"
#include "io/net/tls_context.hpp"
#include "io/redis/redis_server.hpp"

struct redisReader;

namespace retort::io {

class redis_link {
 public:
  using deadline = std::chrono::steady_clock::time_point;

  // Connected, let in and with its database chosen. errc::resolve, connect, certificate, tls,
  // timeout; errc::usage where the password or the database is not accepted. Looking up the host's
  // name may take longer than `until`.
  static result<std::unique_ptr<redis_link>> open(const redis_server& to, deadline until);
  ~redis_link();
  redis_link(const redis_link&) = delete;
  redis_link& operator=(const redis_link&) = delete;

  struct reply {
    bool is_error = false;           // `words` is what it says
    std::vector<std::string> words;  // of a list its elements, else one; nil is ""
  };
  // After an error of ours the link is of no use any more: whether the command was carried out is
  // not known. errc::protocol for what is no reply, or one of more than 1 MB.
  result<reply> call(const std::vector<std::string>& words, deadline until);

 private:
  explicit redis_link(int descriptor);
  result<void> start_tls(const redis_server& to, deadline until);
  result<void> sign_in(const redis_server& to, deadline until);
  result<void> send(std::string_view bytes, deadline until);
  result<std::string_view> receive(deadline until);
  result<void> wait(bool to_write, deadline until);
  result<void> wait_for_tls(int returned, deadline until);

  struct reader_deleter {
    void operator()(redisReader* reader) const;
  };

  int descriptor_;
  socket_allowance allowance_;
  std::unique_ptr<tls_context> tls_;
  std::unique_ptr<SSL, ssl_deleter> ssl_;  // null: plain
  std::unique_ptr<redisReader, reader_deleter> reader_;
  char block_[16384];
};

}  // namespace retort::io
