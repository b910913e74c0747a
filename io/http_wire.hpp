// A request out and its response in over one stream, as far at each step as the stream allows: the
// caller waits in between. Deadlines are the caller's as well: to close the stream ends whatever
// goes on here. One thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "io/awaitable.hpp"
#include "io/error.hpp"
#include "io/http_message.hpp"
#include "io/http_parser.hpp"
#include "io/stream.hpp"

namespace retort::io {

// What kind of answer is to come.
enum class answer_to { post, connect };  // that to CONNECT has no body

class http_round {
 public:
  // All of these outlive the round. 1xx responses before the real one are passed over.
  http_round(stream* on, std::string_view request, http_response* response,
             answer_to what = answer_to::post, body_sink* sink = nullptr);

  // Goes on until there is something to wait for, or until the response is whole: step::done.
  // errc::reset, errc::protocol.
  result<step> advance();
  // After done: the stream can carry another request.
  bool keeps_alive() const;

 private:
  void begin_response();
  bool is_whole() const;
  result<step> write();
  result<step> read();
  result<void> take(std::string_view bytes);

  stream* on_;
  std::string_view unsent_;
  http_response* response_;
  answer_to what_;
  body_sink* sink_;
  std::string rest_;  // bytes that the parser cannot use yet
  std::optional<http_parser> parser_;
};

// The whole round, waiting where there is something to wait for.
awaitable<result<void>> complete(http_round* round, stream* on);

}  // namespace retort::io
