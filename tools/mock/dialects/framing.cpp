#include "tools/mock/dialects/framing.hpp"

#include <fmt/format.h>
#include <zlib.h>

#include <boost/beast/http/status.hpp>
#include <iterator>

namespace retort::mock {
namespace {

constexpr std::size_t chunks = 3;
constexpr int gzip_window = 15 + 16;  // zlib: the largest window, in gzip's format

std::string gzip(std::string_view text) {
  z_stream stream{};
  deflateInit2(&stream, Z_BEST_SPEED, Z_DEFLATED, gzip_window, 8, Z_DEFAULT_STRATEGY);
  std::string packed(deflateBound(&stream, text.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(packed.data());
  stream.avail_out = static_cast<uInt>(packed.size());
  deflate(&stream, Z_FINISH);
  packed.resize(stream.total_out);
  deflateEnd(&stream);
  return packed;
}

void append_chunked(std::string& out, std::string_view body) {
  const std::size_t size = body.size() / chunks + 1;
  for (; !body.empty(); body.remove_prefix(std::min(size, body.size()))) {
    append_chunk(out, body.substr(0, size));
  }
  out += last_chunk;
}

std::string_view reason(int status) {
  const boost::beast::string_view text =
      boost::beast::http::obsolete_reason(static_cast<boost::beast::http::status>(status));
  return {text.data(), text.size()};
}

// Up to what says how the body is framed.
void append_head(std::string& out, int status, std::string_view type, const framing& how) {
  fmt::format_to(std::back_inserter(out), "HTTP/1.1 {} {}\r\ncontent-type: {}\r\n", status,
                 reason(status), type);
  out += how.more_headers;
  if (how.gzip) out += "content-encoding: gzip\r\n";
  if (how.close) out += "connection: close\r\n";
}

constexpr std::string_view chunked_follows = "transfer-encoding: chunked\r\n\r\n";

void append_length(std::string& out, std::size_t body_size) {
  fmt::format_to(std::back_inserter(out), "content-length: {}\r\n\r\n", body_size);
}

}  // namespace

framed frame(int status, std::string_view json, const framing& how) {
  const std::string packed = how.gzip ? gzip(json) : std::string();
  const std::string_view body = how.gzip ? std::string_view(packed) : json;
  framed made;
  made.bytes.reserve(256 + body.size());
  append_head(made.bytes, status, "application/json", how);
  how.chunked ? void(made.bytes += chunked_follows) : append_length(made.bytes, body.size());
  made.body_at = made.bytes.size();
  how.chunked ? append_chunked(made.bytes, body) : void(made.bytes += body);
  return made;
}

std::string event_stream_head(const framing& how) {
  framing plain = how;
  plain.gzip = false;
  std::string head;
  append_head(head, 200, "text/event-stream", plain);
  return head += chunked_follows;
}

void append_chunk(std::string& out, std::string_view chunk) {
  fmt::format_to(std::back_inserter(out), "{:x}\r\n{}\r\n", chunk.size(), chunk);
}

}  // namespace retort::mock
