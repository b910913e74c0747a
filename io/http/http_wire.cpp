#include "io/http/http_wire.hpp"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <utility>

namespace retort::io {
namespace {

using clock = std::chrono::steady_clock;

// What one step moves at most, about: a peer that never lets the socket block keeps nobody from
// their turn.
constexpr std::size_t bytes_per_step = 64 << 10;

// RFC 8446, section 5.1.
constexpr std::size_t bytes_per_record = 16 << 10;

constexpr std::string_view end_of_head = "\r\n\r\n";

}  // namespace

unsent_bytes::unsent_bytes(const http_request& request)
    : head_(request.head->text), body_(request.body) {
  char* const end = std::to_chars(digits_.begin(), digits_.end(), body_.size()).ptr;
  end_of_head.copy(end, end_of_head.size());
  length_ = {digits_.data(), end + end_of_head.size()};
}

std::string_view unsent_bytes::front() const {
  static thread_local std::array<char, bytes_per_record> joined;
  if (head_.empty() && length_.empty()) return body_;
  std::size_t size = 0;
  for (const std::string_view piece : {head_, length_, body_}) {
    size += piece.copy(joined.data() + size, joined.size() - size);
  }
  return {joined.data(), size};
}

void unsent_bytes::remove_prefix(std::size_t bytes) {
  for (std::string_view* piece : {&head_, &length_, &body_}) {
    const std::size_t taken = std::min(bytes, piece->size());
    piece->remove_prefix(taken);
    bytes -= taken;
  }
}

std::string text_of(const http_request& request) {
  std::string out;
  unsent_bytes rest(request);
  while (!rest.empty()) {
    const std::string_view next = rest.front();
    out += next;
    rest.remove_prefix(next.size());
  }
  return out;
}

http_round::http_round(stream* on, const http_request& request, http_response* response,
                       body_sink* sink)
    : on_(on), unsent_(request), response_(response), is_connect_(false), sink_(sink) {
  begin_response();
}

http_round::http_round(stream* on, std::string_view text, http_response* response)
    : on_(on), unsent_(text), response_(response), is_connect_(true), sink_(nullptr) {
  begin_response();
}

// What came so far counts towards the limit of the response that it precedes.
void http_round::begin_response() {
  response_->headers.clear();
  const std::size_t overhead = parser_ ? parser_->overhead() : 0;
  parser_.emplace(response_, sink_, overhead);
  if (is_connect_) parser_->expect_no_body();
}

bool http_round::is_whole() const { return parser_->done() && response_->status >= 200; }

bool http_round::keeps_alive() const {
  return parser_->keeps_alive() && unsent_.empty() && rest_.empty();
}

// Whatever wakes who waits may be news of either direction, and is told once: both are looked at,
// until they would block. Only when the request goes out at once there is nothing to look at yet:
// the stream was quiet before, and will announce what comes.
result<step> http_round::advance() {
  allowance_ = bytes_per_step;
  const bool first = !std::exchange(begun_, true);
  const step written = write();
  if (first && written == step::done) return step::want_read;
  auto got = read();
  if (written == step::done || (got && (*got == step::done || *got == step::go_on))) return got;
  const bool failed = written == step::end || written == step::broken;
  if (got && !failed) return written;
  if (response_->first_byte == clock::time_point()) {
    return error{errc::reset, "the connection ended while the request was sent"};
  }
  return got ? result<step>(parser_->cut_short()) : got;
}

step http_round::write() {
  while (!unsent_.empty()) {
    if (allowance_ == 0) return step::go_on;
    const transfer moved = on_->write(unsent_.front());
    unsent_.remove_prefix(moved.bytes);
    allowance_ -= std::min(allowance_, moved.bytes);
    if (moved.state != step::done) return moved.state;
    if (unsent_.empty()) response_->written = clock::now();
  }
  return step::done;
}

// Takes what the stream has, as far as the response goes.
result<step> http_round::read() {
  // One buffer serves every stream of the thread: nothing is kept in it between waits.
  static thread_local std::array<char, bytes_per_step> buffer;
  allowance_ = bytes_per_step;
  if (parser_->paused()) {
    auto taken = take({});
    if (!taken) return taken.error();
  }
  while (!is_whole()) {
    if (allowance_ == 0 || parser_->paused()) return step::go_on;
    const transfer moved = on_->read(buffer.data(), buffer.size());
    if (moved.state == step::end) {
      auto ended = parser_->feed_end();
      if (!ended) return ended.error();
      break;
    }
    if (moved.state == step::broken) return parser_->cut_short();
    if (moved.state != step::done) return moved.state;
    allowance_ -= std::min(allowance_, moved.bytes);
    // What came while the last byte went out answers it: nothing is told by less than nothing.
    response_->last_byte = std::max({on_->arrived(), response_->written, response_->last_byte});
    if (response_->first_byte == clock::time_point()) response_->first_byte = response_->last_byte;
    auto taken = take({buffer.data(), moved.bytes});
    if (!taken) return taken.error();
  }
  // It answers what it has seen of the request.
  if (response_->written == clock::time_point()) response_->written = response_->first_byte;
  return step::done;
}

// What the parser leaves is offered again, followed by what comes next; it is kept in its place, so
// that a response in many small pieces costs no copy of all for each.
result<void> http_round::take(std::string_view bytes) {
  if (rest_.empty()) {
    auto left = feed(bytes);
    if (!left) return left.error();
    rest_.assign(*left);
    return {};
  }
  rest_.append(bytes);
  auto left = feed(rest_);
  if (!left) return left.error();
  rest_.erase(0, rest_.size() - left->size());
  return {};
}

// Returns what the parser could not take.
result<std::string_view> http_round::feed(std::string_view bytes) {
  for (;;) {
    auto taken = parser_->feed(bytes);
    if (!taken) return taken.error();
    bytes.remove_prefix(*taken);
    if (!parser_->done() || is_whole()) return bytes;
    begin_response();  // behind a 1xx
  }
}

awaitable<result<void>> complete(http_round* round, stream* on) {
  for (;;) {
    auto moved = round->advance();
    if (!moved) co_return moved.error();
    if (*moved == step::done) co_return result<void>();
    co_await ready(on, *moved);
  }
}

}  // namespace retort::io
