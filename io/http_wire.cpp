#include "io/http_wire.hpp"

#include <array>
#include <chrono>

namespace retort::io {
namespace {

using clock = std::chrono::steady_clock;

}  // namespace

http_round::http_round(stream* on, std::string_view request, http_response* response,
                       answer_to what, body_sink* sink)
    : on_(on), unsent_(request), response_(response), what_(what), sink_(sink) {
  begin_response();
}

void http_round::begin_response() {
  response_->headers.clear();
  parser_.emplace(response_, sink_);
  if (what_ == answer_to::connect) parser_->expect_no_body();
}

bool http_round::is_whole() const {
  return parser_->done() && (response_->status >= 200 || what_ == answer_to::connect);
}

bool http_round::keeps_alive() const {
  return parser_->keeps_alive() && rest_.empty() && !on_->has_pending();
}

result<step> http_round::advance() { return unsent_.empty() ? read() : write(); }

result<step> http_round::write() {
  for (;;) {
    const transfer moved = on_->write(unsent_);
    unsent_.remove_prefix(moved.bytes);
    if (unsent_.empty()) break;
    if (moved.state == step::end || moved.state == step::broken) {
      return error{errc::reset, "the connection ended while the request was sent"};
    }
    if (moved.state != step::done) return moved.state;
  }
  response_->written = clock::now();
  // The answer cannot be here yet; what is pending may be, and is looked at, not waited on.
  return on_->has_pending() ? read() : result<step>(step::want_read);
}

// Takes what the stream has, as far as the response goes.
result<step> http_round::read() {
  // One buffer serves every stream of the thread: nothing is kept in it between waits.
  static thread_local std::array<char, 64 << 10> buffer;
  while (!is_whole()) {
    const transfer moved = on_->read(buffer.data(), buffer.size());
    if (moved.state == step::want_read || moved.state == step::want_write) return moved.state;
    if (moved.state == step::broken) return parser_->cut_short();
    if (moved.state == step::end) {
      auto ended = parser_->feed_end();
      if (!ended) return ended.error();
      break;
    }
    response_->last_byte = clock::now();
    if (response_->first_byte == clock::time_point()) response_->first_byte = response_->last_byte;
    auto taken = take({buffer.data(), moved.bytes});
    if (!taken) return taken.error();
  }
  return step::done;
}

result<void> http_round::take(std::string_view bytes) {
  std::string joined;
  if (!rest_.empty()) {
    joined.swap(rest_);
    bytes = joined.append(bytes);
  }
  for (;;) {
    auto taken = parser_->feed(bytes);
    if (!taken) return taken.error();
    bytes.remove_prefix(*taken);
    if (!parser_->done() || is_whole()) break;
    begin_response();  // behind a 1xx
  }
  rest_.assign(bytes);
  return {};
}

awaitable<result<void>> complete(http_round* round, stream* on) {
  for (;;) {
    auto moved = round->advance();
    if (!moved) co_return moved.error();
    if (*moved == step::done) co_return result<void>();
    co_await ready(on);
  }
}

}  // namespace retort::io
