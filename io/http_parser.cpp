#include "io/http_parser.hpp"

#include <fmt/format.h>
#include <zlib.h>

#include <algorithm>
#include <boost/beast/http/error.hpp>

#include "io/one_line.hpp"

namespace retort::io {
namespace {

namespace http = boost::beast::http;

error not_http(const boost::system::error_code& ec) {
  return {errc::protocol, fmt::format("the response is not valid HTTP/1.1: {}", ec.message())};
}

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

void append_lower(std::string& out, std::string_view text) {
  const std::size_t before = out.size();
  out += text;
  std::transform(out.begin() + static_cast<std::ptrdiff_t>(before), out.end(),
                 out.begin() + static_cast<std::ptrdiff_t>(before), lower);
}

class gunzip {
 public:
  gunzip() { ready_ = inflateInit2(&zip_, 16 + MAX_WBITS) == Z_OK; }
  ~gunzip() { inflateEnd(&zip_); }
  gunzip(const gunzip&) = delete;
  gunzip& operator=(const gunzip&) = delete;

  // False when `packed` is not one whole gzip stream of at most `limit` bytes.
  bool run(std::string_view packed, std::string& out, std::size_t limit) {
    zip_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed.data()));
    zip_.avail_in = static_cast<uInt>(packed.size());
    int state = ready_ ? Z_OK : Z_MEM_ERROR;
    while (state == Z_OK && out.size() <= limit) {
      char piece[16 << 10];
      zip_.next_out = reinterpret_cast<Bytef*>(piece);
      zip_.avail_out = sizeof piece;
      state = inflate(&zip_, Z_NO_FLUSH);
      out.append(piece, sizeof piece - zip_.avail_out);
    }
    return state == Z_STREAM_END && zip_.avail_in == 0 && out.size() <= limit;
  }

 private:
  z_stream zip_{};
  bool ready_ = false;
};

}  // namespace

http_parser::http_parser(http_response* into) : into_(into) {
  eager(true);
  body_limit(std::uint64_t{max_response_body});
  header_limit(max_response_header);
}

// Beast 1.81 asserts that a last chunk, "0" and two line ends, never comes in less than its five
// bytes. Nothing is lost by waiting for them: as many still follow wherever a chunked body is cut.
std::size_t http_parser::least_bytes() const { return is_header_done() && chunked() ? 5 : 1; }

result<std::size_t> http_parser::feed(std::string_view bytes) {
  std::size_t taken = 0;
  while (taken < bytes.size() && !is_done()) {
    if (bytes.size() - taken < least_bytes()) break;
    boost::system::error_code ec;
    taken += put({bytes.data() + taken, bytes.size() - taken}, ec);
    if (ec == http::error::need_more) break;
    if (ec == http::error::body_limit || ec == http::error::header_limit) {
      return error{errc::protocol, fmt::format("the response is too large: over {} of {}",
                                               ec == http::error::body_limit ? "32 MB" : "64 KB",
                                               ec == http::error::body_limit ? "body" : "header")};
    }
    if (ec) return not_http(ec);
  }
  return taken;
}

result<void> http_parser::feed_end() {
  boost::system::error_code ec;
  if (started()) put_eof(ec);
  if (started() && !ec && is_done()) return {};
  return cut_short();
}

error http_parser::cut_short() const {
  return {errc::reset, started() ? "the connection ended in the middle of the response"
                                 : "the connection ended before the response"};
}

void http_parser::on_response_impl(int code, string_view, int, error_code&) {
  into_->status = code;
  into_->headers.reserve(512);
}

void http_parser::on_field_impl(field, string_view name, string_view value, error_code&) {
  std::string& out = into_->headers;
  append_lower(out, name);
  out += ": ";
  out += value;  // in one line: a folded one has been joined, another control character refused
  out += '\n';
}

void http_parser::on_body_init_impl(const boost::optional<std::uint64_t>& length, error_code&) {
  // Room for the padding that a JSON parser reads past the end.
  if (length) into_->body.reserve(static_cast<std::size_t>(*length) + 64);
}

std::size_t http_parser::on_body_impl(string_view body, error_code&) {
  into_->body.append(body.data(), body.size());
  return body.size();
}

std::size_t http_parser::on_chunk_body_impl(std::uint64_t, string_view body, error_code& ec) {
  return on_body_impl(body, ec);
}

result<void> decode_body(http_response& response) {
  std::string coding;
  append_lower(coding, response.header("content-encoding"));
  if (coding.empty() || coding == "identity" || response.body.empty()) return {};
  if (coding != "gzip" && coding != "x-gzip") {
    return error{errc::protocol,
                 "the response has an unknown content-encoding: " + one_line(coding, 40)};
  }
  std::string plain;
  gunzip unpack;
  if (!unpack.run(response.body, plain, max_response_body)) {
    return error{errc::protocol, "the response's gzip body is broken or too large"};
  }
  plain.reserve(plain.size() + 64);
  response.body.swap(plain);
  return {};
}

}  // namespace retort::io
