// Reads one HTTP/1.1 response from bytes, wherever they are cut. Its header is Beast's to read; its
// body is read here, each byte once. Sans-I/O; one thread.
#pragma once

#include <boost/beast/http/basic_parser.hpp>
#include <cstdint>
#include <optional>
#include <string_view>

#include "io/base/error.hpp"
#include "io/base/gzip_decoder.hpp"
#include "io/http/chunk_decoder.hpp"
#include "io/http/http_message.hpp"

namespace retort::io {

// A completion is kilobytes; what is larger than this is not one. Applies after gzip as well. What
// goes into a sink is bounded by that.
inline constexpr std::size_t max_response_body = std::size_t{32} << 20;
inline constexpr std::uint32_t max_response_header = 64 << 10;
// All that is not body: the header, 1xx responses before it, chunk extensions and trailers, gzip
// bytes that hold nothing. Beside it each byte of body may have as many of chunk framing as one
// that is a chunk of its own, and a few.
inline constexpr std::size_t max_response_overhead = 128 << 10;
inline constexpr std::size_t max_framing_per_byte = 8;

class http_parser final : private boost::beast::http::basic_parser<false> {
 public:
  // Fills `into`; the body of a 2xx goes to `sink` instead, if there is one. Both must outlive the
  // parser. `overhead`: what came before that counts towards the same limit.
  explicit http_parser(http_response* into, body_sink* sink = nullptr, std::size_t overhead = 0);

  // Takes what it can of `bytes` and returns how many; the rest is to be offered again, followed
  // by more. errc::protocol for bytes that are no HTTP or too many, and for a body whose content
  // coding is not gzip or is broken.
  result<std::size_t> feed(std::string_view bytes);
  // The peer closed in good order: the end of a body without length, else errc::reset.
  result<void> feed_end();
  // What it means that the connection broke here: errc::reset.
  error cut_short() const;

  bool done() const { return done_; }
  // What feed() left can go on being taken without more: a few bytes had unpacked to very many.
  bool paused() const { return paused_; }
  std::size_t overhead() const { return overhead_; }
  // For CONNECT and others whose response has no body whatever its fields say.
  void expect_no_body() { skip(true); }
  // Only meaningful when done: the connection may carry another request.
  bool keeps_alive() const { return keep_alive(); }

 private:
  using string_view = boost::beast::string_view;
  using error_code = boost::beast::error_code;
  using field = boost::beast::http::field;
  using verb = boost::beast::http::verb;

  void on_request_impl(verb, string_view, string_view, int, error_code&) override {}
  void on_response_impl(int code, string_view, int, error_code&) override;
  void on_field_impl(field, string_view name, string_view value, error_code&) override;
  void on_header_impl(error_code&) override;
  // The body never gets there.
  void on_body_init_impl(const boost::optional<std::uint64_t>&, error_code&) override {}
  std::size_t on_body_impl(string_view body, error_code&) override { return body.size(); }
  void on_chunk_header_impl(std::uint64_t, string_view, error_code&) override {}
  std::size_t on_chunk_body_impl(std::uint64_t, string_view body, error_code&) override {
    return body.size();
  }
  void on_finish_impl(error_code&) override {}

  result<std::size_t> feed_header(std::string_view bytes);
  result<std::size_t> put_header(std::string_view bytes);
  result<std::size_t> feed_body(std::string_view bytes);
  result<std::size_t> feed_chunk(std::string_view bytes);
  result<std::size_t> feed_plain(std::string_view bytes);
  void begin_body();
  result<void> finish();

  bool has_room_for(std::uint64_t more) const;
  bool is_mostly_overhead() const;
  result<void> take(std::string_view body);
  result<void> unpack(std::string_view body);
  // Makes Beast stop, and feed() return `why`.
  void refuse(error why, error_code& ec);

  http_response* into_;
  body_sink* sink_;
  std::size_t overhead_;
  std::size_t header_bytes_ = 0;
  std::size_t body_bytes_ = 0;  // as they came
  bool started_ = false, begun_ = false, done_ = false, paused_ = false;

  chunk_decoder chunks_;
  std::optional<std::uint64_t> missing_;  // of a body with a length
  bool pours_ = false;                    // this response's body goes to the sink

  std::string coding_;                 // of the body; of no bytes any will do
  std::optional<gzip_decoder> unzip_;  // once there are any
  std::size_t packed_bytes_ = 0;       // that it has been given
  std::size_t unpacked_now_ = 0;       // by this feed()
  std::optional<error> refused_;
};

}  // namespace retort::io
