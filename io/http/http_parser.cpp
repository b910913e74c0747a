#include "io/http/http_parser.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/beast/http/error.hpp>

#include "io/base/one_line.hpp"

namespace retort::io {
namespace {

namespace http = boost::beast::http;

// Gzip is unpacked by so many bytes at a time, each of which may become a thousand, and a feed()
// ends when so many have come out: others have their turn.
constexpr std::size_t packed_piece = 1 << 10;
constexpr std::size_t unpacked_at_once = 256 << 10;

error not_http(const boost::system::error_code& ec) {
  return {errc::protocol, fmt::format("the response is not valid HTTP/1.1: {}", ec.message())};
}

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

bool is_gzip(std::string_view coding) { return coding == "gzip" || coding == "x-gzip"; }

// "identity", and what servers write that mean it or mistake the field for another.
bool is_no_coding(std::string_view coding) {
  return coding == "identity" || coding == "none" || coding == "utf-8" || coding == "utf8";
}

// A list of codings but for those that are none, which leaves nothing to be undone by itself.
std::string real_codings(std::string_view list) {
  std::string out;
  while (!list.empty()) {
    const auto comma = std::min(list.find(','), list.size());
    std::string_view one = list.substr(0, comma);
    list.remove_prefix(std::min(comma + 1, list.size()));
    while (one.starts_with(' ') || one.starts_with('\t')) one.remove_prefix(1);
    while (one.ends_with(' ') || one.ends_with('\t')) one.remove_suffix(1);
    if (one.empty() || is_no_coding(one)) continue;
    if (!out.empty()) out += ", ";
    out += one;
  }
  return out;
}

error unknown_coding(std::string_view coding) {
  return {errc::protocol, "the response has an unknown content-encoding: " + one_line(coding, 40)};
}

const error header_too_large{errc::protocol, "the response is too large: over 64 KB of header"};
const error body_too_large{errc::protocol, "the response is too large: over 32 MB of body"};
const error overhead_too_large{
    errc::protocol, "the response is too large: over 128 KB of headers, 1xx responses and framing"};
const error broken_gzip{errc::protocol, "the response's gzip body is broken or too large"};
const error is_tls{errc::protocol,
                   "the response is not HTTP but TLS (should the URL begin with https://?)"};
const error switched{errc::protocol, "the server switches protocols (101), unasked"};
const error bad_status{errc::protocol, "the response is not valid HTTP/1.1: bad status"};

constexpr std::string_view version = "HTTP/1.";
constexpr std::size_t status_end = 12;  // of "HTTP/1.1 200"

// How a server that speaks TLS complains of a request that does not: an alert record.
bool is_tls_alert(std::string_view bytes) { return bytes.starts_with("\x15\x03"); }

// Too few bytes to tell whether the blank behind the status is missing.
bool may_lack_blank(std::string_view bytes) {
  return bytes.size() < status_end + 2 &&
         bytes.substr(0, version.size()) == version.substr(0, bytes.size());
}

bool lacks_blank(std::string_view bytes) {
  return bytes.starts_with(version) && bytes.substr(status_end).starts_with("\r\n");
}

}  // namespace

http_parser::http_parser(http_response* into, body_sink* sink, std::size_t overhead)
    : into_(into), sink_(sink), overhead_(overhead) {
  eager(false);             // it stops behind the header
  body_limit(boost::none);  // take() has its own, and a sink too
  header_limit(max_response_header);
}

result<std::size_t> http_parser::feed(std::string_view bytes) {
  std::size_t taken = 0;
  started_ |= !bytes.empty();
  if (!begun_ || !is_header_done()) {
    auto head = feed_header(bytes);
    if (!head) return head.error();
    taken = *head;
    if (!is_header_done()) return taken;
  }
  auto body = feed_body(bytes.substr(taken));
  if (!body) return body.error();
  if (is_mostly_overhead()) return overhead_too_large;
  return taken + *body;
}

bool http_parser::is_mostly_overhead() const {
  return overhead_ > max_response_overhead + max_framing_per_byte * body_bytes_;
}

// A status line may lack its reason and, though it should not, the blank before it: the blank is
// put in. Beast would scan the line's beginning no second time, so that it waits for what decides.
result<std::size_t> http_parser::feed_header(std::string_view bytes) {
  std::size_t taken = 0;
  if (!begun_) {
    if (is_tls_alert(bytes)) return is_tls;
    if (may_lack_blank(bytes)) return taken;
    begun_ = true;
    if (lacks_blank(bytes)) {
      auto line = put_header(std::string(bytes.substr(0, status_end)) + " \r\n");
      if (!line) return line.error();
      taken = status_end + 2;
    }
  }
  auto more = put_header(bytes.substr(taken));
  if (!more) return more.error();
  taken += *more;
  overhead_ += taken;
  header_bytes_ += taken;
  const std::size_t left = is_header_done() ? 0 : bytes.size() - taken;
  if (header_bytes_ + left > max_response_header) return header_too_large;
  if (overhead_ + left > max_response_overhead) return overhead_too_large;
  if (is_header_done()) begin_body();
  return taken;
}

result<std::size_t> http_parser::put_header(std::string_view bytes) {
  boost::system::error_code ec;
  const std::size_t taken = put({bytes.data(), bytes.size()}, ec);
  if (refused_) return *refused_;
  if (ec == http::error::header_limit) return header_too_large;
  if (ec && ec != http::error::need_more) return not_http(ec);
  return taken;
}

void http_parser::begin_body() {
  done_ = is_done();
  if (done_ || chunked()) return;
  const auto length = content_length();
  if (!length) return;
  missing_ = *length;
  // Room for the padding that a JSON parser reads past the end.
  if (!pours_ && coding_.empty()) into_->body.reserve(static_cast<std::size_t>(*length) + 64);
}

result<std::size_t> http_parser::feed_body(std::string_view bytes) {
  std::size_t taken = 0;
  unpacked_now_ = 0;
  while (taken < bytes.size() && !done_ && unpacked_now_ < unpacked_at_once) {
    std::string_view offer = bytes.substr(taken);
    if (!coding_.empty()) offer = offer.substr(0, packed_piece);
    auto some = chunked() ? feed_chunk(offer) : feed_plain(offer);
    if (!some) return some.error();
    taken += *some;
  }
  paused_ = taken < bytes.size() && !done_;
  return taken;
}

// A chunk too many is refused before it comes.
result<std::size_t> http_parser::feed_chunk(std::string_view bytes) {
  auto piece = chunks_.next(bytes);
  if (!piece) return piece.error();
  overhead_ += piece->taken - piece->data.size();
  if (is_mostly_overhead()) return overhead_too_large;
  auto kept = take(piece->data);
  if (!kept) return kept.error();
  if (!has_room_for(chunks_.missing())) return body_too_large;
  if (chunks_.done()) {
    auto finished = finish();
    if (!finished) return finished.error();
  }
  return piece->taken;
}

result<std::size_t> http_parser::feed_plain(std::string_view bytes) {
  if (missing_ && *missing_ < bytes.size()) {
    bytes = bytes.substr(0, static_cast<std::size_t>(*missing_));
  }
  auto kept = take(bytes);
  if (!kept) return kept.error();
  if (missing_ && (*missing_ -= bytes.size()) == 0) {
    auto finished = finish();
    if (!finished) return finished.error();
  }
  return bytes.size();
}

result<void> http_parser::finish() {
  done_ = true;
  if (unzip_ && !unzip_->done()) return broken_gzip;
  return {};
}

result<void> http_parser::feed_end() {
  const bool ends_body = begun_ && is_header_done() && !chunked() && !missing_;
  if (!ends_body || paused_) return cut_short();
  return finish();
}

error http_parser::cut_short() const {
  return {errc::reset, started_ ? "the connection ended in the middle of the response"
                                : "the connection ended before the response"};
}

void http_parser::on_response_impl(int code, string_view, int, error_code& ec) {
  if (code == 101) return refuse(switched, ec);
  if (code < 100) return refuse(bad_status, ec);
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
  coding_ = real_codings(coding_);
}

bool http_parser::has_room_for(std::uint64_t more) const {
  return pours_ || more <= max_response_body - into_->body.size();
}

result<void> http_parser::take(std::string_view body) {
  if (body.empty()) return {};
  if (!coding_.empty()) return unpack(body);
  body_bytes_ += body.size();
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
  const std::size_t before = plain.size();
  if (!unzip_->feed(body, plain, max_response_body)) return broken_gzip;
  const std::size_t gained = plain.size() - before;
  unpacked_now_ += gained;
  (gained > 0 ? body_bytes_ : overhead_) += body.size();
  return poured.empty() ? result<void>() : sink_->take(poured, into_->last_byte);
}

}  // namespace retort::io
