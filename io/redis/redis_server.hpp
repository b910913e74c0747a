// Where a Redis or Valkey server is: redis:// or rediss:// (TLS), a host, a port, a database. Pure;
// any thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "io/base/error.hpp"

namespace retort::io {

struct redis_server {
  std::string host;  // a name, or an address without brackets
  std::uint16_t port = 6379;
  bool tls = false;
  std::uint32_t database = 0;
  std::string user;      // "": the server's default one
  std::string password;  // "": none is sent; never in a message
  std::string ca_file;   // PEM file that replaces the system's authorities; "" for those

  std::string shown() const;  // redis://host:6379/0
};

// redis://[user@]host[:port][/database]. errc::usage says what is wrong, and never shows a user,
// who may be a password by mistake, or a password, which does not belong in it.
result<redis_server> parse_redis_server(std::string_view url);

}  // namespace retort::io
