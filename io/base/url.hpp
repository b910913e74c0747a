// Where a request goes: the parts of a base URL, and the proxy that the environment names for it.
// Pure; any thread.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "io/base/error.hpp"

namespace retort::io {

struct url {
  bool tls = true;   // https
  std::string host;  // a name in lower case, or an address without brackets
  std::uint16_t port = 443;
  std::string path;      // "" or "/v1", never ending in a slash
  std::string userinfo;  // "user:password", decoded; proxies only

  // "host:port", an IPv6 address in brackets: the CONNECT target.
  std::string authority() const;
  // As in the Host field: the port only where it is not the scheme's own.
  std::string host_field() const;
  std::string text() const;  // "https://host[:port][/path]", without the userinfo
};

// http:// or https:// with a host. errc::usage says what is wrong, and never shows the userinfo.
result<url> parse_url(std::string_view text);

// Of a base URL, however it is written: what two that are one have in common. Names without their
// root's dot, addresses in their shortest form. What is no URL stays as it is.
std::string one_spelling(std::string_view base_url);

using environment = std::function<const char*(const char* name)>;

// The proxy for an https target, from HTTPS_PROXY and NO_PROXY (or lower case): nothing for plain
// http, for loopback, or when NO_PROXY covers the host. Its entries stand between commas or blanks,
// as curl, Go's httpproxy and Python's requests read them: "*"; a name, which covers those below it
// as well, also as ".name" or "*.name"; an address, IPv6 with or without brackets; a network
// ("10.0.0.0/8", "fd00::/8"); names and addresses with a port behind them, or not.
result<std::optional<url>> find_proxy(const url& target, const environment& get);

}  // namespace retort::io
