#include "io/http_wire.hpp"

#include <array>
#include <chrono>
#include <string_view>

#include "io/http_parser.hpp"

namespace retort::io {
namespace {

using clock = std::chrono::steady_clock;

// Offers bytes to the parser; `rest` keeps what it cannot use yet.
result<void> feed(http_parser& parser, std::string_view bytes, std::string& rest) {
  std::string joined;
  if (!rest.empty()) {
    joined = std::move(rest);
    bytes = joined.append(bytes);
  }
  auto taken = parser.feed(bytes);
  if (!taken) return taken.error();
  rest.assign(bytes.substr(*taken));
  return {};
}

// Takes what the stream has, as far as the response goes; says what to wait for, or done.
result<step> take_bytes(stream& from, http_parser& parser, std::string& rest,
                        http_response& response) {
  // One buffer serves every stream of the thread: nothing is kept in it between waits.
  static thread_local std::array<char, 64 << 10> buffer;
  while (!parser.done()) {
    const transfer moved = from.read(buffer.data(), buffer.size());
    if (moved.state == step::want_read || moved.state == step::want_write) return moved.state;
    if (moved.state == step::broken) return parser.cut_short();
    if (moved.state == step::end) {
      auto ended = parser.feed_end();
      if (!ended) return ended.error();
      break;
    }
    if (response.first_byte == clock::time_point()) response.first_byte = clock::now();
    auto fed = feed(parser, {buffer.data(), moved.bytes}, rest);
    if (!fed) return fed.error();
  }
  return step::done;
}

}  // namespace

awaitable<result<void>> write_all(stream* to, const std::string* what) {
  boost::system::error_code ignored;
  std::string_view data = *what;
  for (;;) {
    const transfer moved = to->write(data);
    data.remove_prefix(moved.bytes);
    if (data.empty()) co_return result<void>();
    if (moved.state == step::end || moved.state == step::broken) {
      co_return error{errc::reset, "the connection ended while the request was sent"};
    }
    if (moved.state != step::done) co_await ready(to, moved.state, &ignored);
  }
}

awaitable<result<void>> read_response(stream* from, http_response* response, reading* how) {
  boost::system::error_code ignored;
  std::string rest;
  do {
    response->headers.clear();
    http_parser parser(response);
    if (how->no_body) parser.expect_no_body();
    auto fed = feed(parser, {}, rest);
    if (!fed) co_return fed.error();
    // What is pending may be less than a record: it is looked at once, not waited on.
    step wanted = from->has_pending() ? step::done : step::want_read;
    while (!parser.done()) {
      if (wanted != step::done) co_await ready(from, wanted, &ignored);
      auto taken = take_bytes(*from, parser, rest, *response);
      if (!taken) co_return taken.error();
      wanted = *taken;
    }
    how->keeps_alive = parser.keeps_alive() && rest.empty() && !from->has_pending();
  } while (response->status < 200 && !how->no_body);
  response->last_byte = clock::now();
  co_return result<void>();
}

}  // namespace retort::io
