// Takes gzip off a body that arrives in pieces. One thread.
#pragma once

#include <zlib.h>

#include <string>
#include <string_view>

namespace retort::io {

class gzip_decoder {
 public:
  gzip_decoder();
  ~gzip_decoder() { inflateEnd(&zip_); }
  gzip_decoder(const gzip_decoder&) = delete;
  gzip_decoder& operator=(const gzip_decoder&) = delete;

  // Appends what `packed` unpacks to, of which `out` may come to hold `limit` bytes and a few.
  // False when this is no gzip, goes on behind its end with what is none, or exceeds the limit.
  bool feed(std::string_view packed, std::string& out, std::size_t limit);
  // The stream has come to its end, or to that of one of its members (RFC 1952, 2.2).
  bool done() const { return state_ == Z_STREAM_END; }

 private:
  z_stream zip_{};
  int state_;
};

}  // namespace retort::io
