// A request out and its response in over one stream, as far at each step as the stream allows: the
// caller waits in between. An answer that comes while the request is still being written is read at
// once. What one step does is bounded, however fast the peer is. Deadlines are the caller's: to
// close the stream ends whatever goes on here. One thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "io/base/awaitable.hpp"
#include "io/base/error.hpp"
#include "io/http/http_message.hpp"
#include "io/http/http_parser.hpp"
#include "io/http/stream.hpp"

namespace retort::io {

// What kind of answer is to come.
enum class answer_to { post, connect };  // that to CONNECT has no body

class http_round {
 public:
  // All of these outlive the round. `on` has just been seen to be quiet (stream::look), so that it
  // announces all that comes. 1xx responses before the real one are passed over.
  http_round(stream* on, std::string_view request, http_response* response,
             answer_to what = answer_to::post, body_sink* sink = nullptr);

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
  std::string_view unsent_;
  http_response* response_;
  answer_to what_;
  body_sink* sink_;
  bool begun_ = false;
  std::size_t allowance_ = 0;  // bytes that this step may still move
  std::string rest_;           // bytes that the parser has not taken yet
  std::optional<http_parser> parser_;
};

// The whole round, waiting where there is something to wait for.
awaitable<result<void>> complete(http_round* round, stream* on);

}  // namespace retort::io
