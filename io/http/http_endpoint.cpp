#include "io/http/http_endpoint.hpp"

#include <fmt/format.h>

namespace retort::io {

std::string make_head(const http_endpoint& to, const http_request& what) {
  std::string head = fmt::format(
      "{} {} HTTP/1.1\r\nHost: {}\r\nUser-Agent: retort/0.1\r\nAccept: */*\r\n"
      "Accept-Encoding: gzip\r\n",
      what.method, what.path, to.base.host_field());
  if (!what.content_type.empty()) head += fmt::format("Content-Type: {}\r\n", what.content_type);
  return head + to.headers + "Content-Length: ";
}

std::string make_usual_head(const http_endpoint& to) {
  const std::string path = to.base.path + to.target;
  return make_head(to, {"POST", path, to.content_type, {}});
}

std::string with_body(const std::string& head, std::string_view body) {
  std::string out;
  out.reserve(head.size() + 16 + body.size());
  out += head;
  out += fmt::format_int(body.size()).c_str();
  out += "\r\n\r\n";
  out += body;
  return out;
}

std::string usual_url(const http_endpoint& to) {
  return fmt::format("{}://{}{}{}", to.base.tls ? "https" : "http", to.base.host_field(),
                     to.base.path, to.target);
}

// Getting buffers and giving them back costs some 0.3 us a request. Many connections would hold
// much memory for nothing; and a long response is the slower the more buffers take turns in the
// cache.
buffers buffers_for(const http_endpoint& to) {
  constexpr std::size_t many = 512;
  return to.connections > many || to.streams ? buffers::freed : buffers::kept;
}

}  // namespace retort::io
