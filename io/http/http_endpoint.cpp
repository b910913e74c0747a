#include "io/http/http_endpoint.hpp"

#include <fmt/format.h>

namespace retort::io {

http_head make_head(const http_endpoint& to, std::string_view method, std::string_view below_base,
                    std::string_view content_type) {
  http_head head{std::string(method), to.base.path + std::string(below_base), {}};
  head.text = fmt::format(
      "{} {} HTTP/1.1\r\nHost: {}\r\nUser-Agent: retort/0.1\r\nAccept: */*\r\n"
      "Accept-Encoding: gzip\r\n",
      head.method, head.target, to.base.host_field());
  if (!content_type.empty()) head.text += fmt::format("Content-Type: {}\r\n", content_type);
  head.text += to.headers + "Content-Length: ";
  return head;
}

http_head make_usual_head(const http_endpoint& to) {
  return make_head(to, "POST", to.target, to.content_type);
}

std::string usual_url(const http_endpoint& to) { return to.base.text() + to.target; }

// Getting buffers and giving them back costs some 0.3 us a request. Many connections would hold
// much memory for nothing; and a long response is the slower the more buffers take turns in the
// cache.
buffers buffers_for(const http_endpoint& to) {
  constexpr std::size_t many = 512;
  return to.connections > many || to.streams ? buffers::freed : buffers::kept;
}

}  // namespace retort::io
