#include "io/redis/redis_server.hpp"

#include <fmt/format.h>

#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>
#include <charconv>
#include <optional>

namespace retort::io {
namespace {

error wrong(std::string_view what) { return {errc::usage, std::string(what)}; }

// Up to 65535: of ports there are no more, and more databases nobody has.
std::optional<std::uint16_t> number_in(std::string_view text) {
  std::uint16_t number = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool is_number = read.ec == std::errc() && read.ptr == text.data() + text.size();
  return is_number ? std::optional(number) : std::nullopt;
}

// "/0".
std::optional<std::uint16_t> database_in(std::string_view path) {
  return path.empty() || path == "/" ? std::uint16_t{0} : number_in(path.substr(1));
}

}  // namespace

std::string redis_server::shown() const {
  const bool is_v6 = host.find(':') != std::string::npos;
  return fmt::format("{}://{}{}{}:{}/{}", tls ? "rediss" : "redis", is_v6 ? "[" : "", host,
                     is_v6 ? "]" : "", port, database);
}

result<redis_server> parse_redis_server(std::string_view text) {
  const auto url = boost::urls::parse_uri(text);
  if (!url || (url->scheme() != "redis" && url->scheme() != "rediss")) {
    return wrong("is not a redis:// or rediss:// URL");
  }
  if (url->has_password()) {
    return wrong("holds a password (not shown); use shared_key_env or shared_key_file");
  }
  if (url->encoded_host().empty()) return wrong("names no host");
  const auto port = url->has_port() ? number_in(std::string_view(url->port())) : 6379;
  if (port.value_or(0) == 0) return wrong("has no port from 1 to 65535");
  if (url->has_query() || url->has_fragment()) return wrong("has a query or fragment");
  const auto database = database_in(std::string_view(url->encoded_path()));
  if (!database) return wrong("has a path that is no database's number; expected /0 or none");
  redis_server out;
  out.user = url->user();
  out.host = url->host_address();
  out.port = *port;
  out.tls = url->scheme() == "rediss";
  out.database = *database;
  return out;
}

}  // namespace retort::io
