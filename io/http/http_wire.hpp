// A request out and its response in over one stream, as far at each step as the stream allows: the
// caller waits in between. An answer that comes while the request is still being written is read at
// once. What one step does is bounded, however fast the peer is. Deadlines are the caller's: to
// close the stream ends whatever goes on here. One thread.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>

#include "io/base/awaitable.hpp"
#include "io/base/error.hpp"
#include "io/http/http_message.hpp"
#include "io/http/http_parser.hpp"
#include "io/net/stream.hpp"

namespace retort::io {

// The bytes of a request that have yet to go out.
class unsent_bytes {
 public:
  // Both outlive it. `text` is a whole request.
  explicit unsent_bytes(const http_request& request);
  explicit unsent_bytes(std::string_view text) : body_(text) {}
  unsent_bytes(const unsent_bytes&) = delete;
  unsent_bytes& operator=(const unsent_bytes&) = delete;

  bool empty() const { return head_.empty() && length_.empty() && body_.empty(); }
  // What goes out next, in one piece, the same until it is removed; valid until the thread's next
  // call. A large body is never copied: one TLS record takes the head and what of the body it has
  // room for, the rest goes out from its own place.
  std::string_view front() const;
  void remove_prefix(std::size_t bytes);

 private:
  std::array<char, 24> digits_;
  std::string_view head_, length_, body_;
};

// A request as HTTP/1.1 writes it. Holds what secrets its head holds.
std::string text_of(const http_request& request);

class http_round {
 public:
  // All of these outlive the round. `on` has just been seen to be quiet (stream::look), so that it
  // announces all that comes. 1xx responses before the real one are passed over.
  http_round(stream* on, const http_request& request, http_response* response,
             body_sink* sink = nullptr);
  // The same for the CONNECT that `text` is.
  http_round(stream* on, std::string_view text, http_response* response);

  // Goes on until there is something to wait for, or until the response is whole: step::done.
  // errc::reset, errc::protocol.
  result<step> advance();
  // After done: as far as the response goes the stream can carry another request.
  bool keeps_alive() const;
  // After done: what came that is not the response's.
  std::string_view surplus() const { return rest_; }

 private:
  void begin_response();
  bool is_whole() const;
  step write();
  result<step> read();
  result<void> take(std::string_view bytes);
  result<std::string_view> feed(std::string_view bytes);

  stream* on_;
  unsent_bytes unsent_;
  http_response* response_;
  bool is_connect_;  // whose answer has no body
  body_sink* sink_;
  bool begun_ = false;
  std::size_t allowance_ = 0;  // bytes that this step may still move
  std::string rest_;           // bytes that the parser has not taken yet
  std::optional<http_parser> parser_;
};

// The whole round, waiting where there is something to wait for.
awaitable<result<void>> complete(http_round* round, stream* on);

}  // namespace retort::io
