#include "io/http_parser.hpp"

#include <fmt/format.h>

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

bool is_gzip(std::string_view coding) { return coding == "gzip" || coding == "x-gzip"; }

error unknown_coding(std::string_view coding) {
  return {errc::protocol, "the response has an unknown content-encoding: " + one_line(coding, 40)};
}

const error header_too_large{errc::protocol, "the response is too large: over 64 KB of header"};
const error body_too_large{errc::protocol, "the response is too large: over 32 MB of body"};
const error broken_gzip{errc::protocol, "the response's gzip body is broken or too large"};

}  // namespace

http_parser::http_parser(http_response* into, body_sink* sink) : into_(into), sink_(sink) {
  eager(true);
  body_limit(boost::none);  // take() has its own, and a sink too
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
    if (refused_) return *refused_;
    if (ec == http::error::header_limit) return header_too_large;
    if (ec) return not_http(ec);
  }
  return taken;
}

result<void> http_parser::feed_end() {
  boost::system::error_code ec;
  if (started()) put_eof(ec);
  if (refused_) return *refused_;
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

void http_parser::on_field_impl(field known, string_view name, string_view value, error_code&) {
  if (known == field::content_encoding && coding_.empty()) {
    std::transform(value.begin(), value.end(), std::back_inserter(coding_), lower);
  }
  std::string& out = into_->headers;
  const std::size_t before = out.size();
  out.resize(before + name.size() + value.size() + 3);
  char* to = std::transform(name.begin(), name.end(), &out[before], lower);
  *to++ = ':';
  *to++ = ' ';
  // In one line: a folded one has been joined, another control character refused.
  to = std::copy(value.begin(), value.end(), to);
  *to = '\n';
}

void http_parser::refuse(error why, error_code& ec) {
  refused_ = std::move(why);
  ec = http::error::body_limit;
}

// A response that is done here has no body, whatever length its fields tell: a 204.
void http_parser::on_header_impl(error_code& ec) {
  pours_ = sink_ && into_->is_success();
  const auto length = content_length();
  if (length && !is_done() && !has_room_for(*length)) return refuse(body_too_large, ec);
  if (coding_ == "identity") coding_.clear();
}

bool http_parser::has_room_for(std::uint64_t more) const {
  return pours_ || more <= max_response_body - into_->body.size();
}

void http_parser::on_body_init_impl(const boost::optional<std::uint64_t>& length, error_code&) {
  if (!length || pours_ || !coding_.empty()) return;
  // Room for the padding that a JSON parser reads past the end.
  into_->body.reserve(static_cast<std::size_t>(*length) + 64);
}

result<void> http_parser::take(std::string_view body) {
  if (!coding_.empty()) return unpack(body);
  if (pours_) return sink_->take(body, into_->last_byte);
  if (!has_room_for(body.size())) return body_too_large;
  into_->body += body;
  return {};
}

result<void> http_parser::unpack(std::string_view body) {
  if (!is_gzip(coding_)) return unknown_coding(coding_);
  if (!unzip_) unzip_.emplace();
  packed_bytes_ += body.size();
  if (!pours_ && packed_bytes_ > max_response_body) return body_too_large;
  std::string poured;
  std::string& plain = pours_ ? poured : into_->body;
  if (!unzip_->feed(body, plain, max_response_body)) return broken_gzip;
  return pours_ ? sink_->take(poured, into_->last_byte) : result<void>();
}

std::size_t http_parser::on_body_impl(string_view body, error_code& ec) {
  auto taken = take({body.data(), body.size()});
  if (!taken) refuse(std::move(taken).error(), ec);
  return body.size();
}

// A chunk too many is refused before it comes.
void http_parser::on_chunk_header_impl(std::uint64_t size, string_view, error_code& ec) {
  if (!has_room_for(size)) refuse(body_too_large, ec);
}

std::size_t http_parser::on_chunk_body_impl(std::uint64_t, string_view body, error_code& ec) {
  return on_body_impl(body, ec);
}

void http_parser::on_finish_impl(error_code& ec) {
  if (unzip_ && !unzip_->done()) refuse(broken_gzip, ec);
}

}  // namespace retort::io
