// An HTTP/1.1 response as bytes. Pure; any thread.
#pragma once

#include <string>
#include <string_view>

namespace retort::mock {

struct framing {
  bool chunked = false;
  bool gzip = false;
  bool close = false;        // say "connection: close"
  std::string more_headers;  // each ended by CRLF
};

struct framed {
  std::string bytes;    // head and body
  std::size_t body_at;  // where the body begins

  // Cut in the middle of its body.
  std::string half() const { return bytes.substr(0, body_at + (bytes.size() - body_at) / 2); }
};

framed frame(int status, std::string_view json, const framing& how);

// The head of a stream of events, whose body is sent in chunks, as it is.
std::string event_stream_head(const framing& how);
void append_chunk(std::string& out, std::string_view chunk);
inline constexpr std::string_view last_chunk = "0\r\n\r\n";

}  // namespace retort::mock
