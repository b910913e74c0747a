#include "tools/mock/server/connection.hpp"

#include <poll.h>

#include <array>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>

namespace retort::mock {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using boost::system::error_code;
using tls_stream = asio::ssl::stream<tcp_socket&>;
using request_parser = http::request_parser<http::string_body>;

// The largest of all is a batch's upload: Anthropic takes 256 MB, OpenAI 200 in a form.
constexpr std::uint64_t max_body_bytes = std::uint64_t{256} << 20;
// How often to look whether a client that has sent more bytes while it waits is still there.
constexpr std::chrono::milliseconds look_interval{50};

std::string_view view(boost::beast::string_view text) { return {text.data(), text.size()}; }

request view(const http::request<http::string_body>& message) {
  request asked;
  asked.method = view(message.method_string());
  asked.target = view(message.target());
  for (const auto& each : message) {
    asked.fields.push_back({view(each.name_string()), view(each.value())});
  }
  asked.body = message.body();
  asked.keep_alive = message.keep_alive();
  return asked;
}

// The bytes are not HTTP, or are too many; a client that merely went away is not at fault.
bool is_client_fault(const error_code& failed) {
  return failed.category() == make_error_code(http::error::bad_method).category() &&
         failed != http::error::end_of_stream && failed != http::error::partial_message;
}

// Not at all once abort() has been there: nothing would end it any more.
awaitable<void> pause(peer* client, std::chrono::microseconds delay) {
  if (!client->socket.is_open()) co_return;
  client->clock.expires_after(delay);
  co_await client->clock.async_wait(await);
}

// A request that waits for its turn.
struct caller : turnstile::waiter {
  explicit caller(peer* waiting) : client(waiting) {}
  peer* client;
};

// The one who waited longest is served next: whatever it waits with ends.
void call_next(turnstile* turns) {
  turnstile::waiter* const next = turns->leave();
  if (next == nullptr) return;
  peer* const client = static_cast<caller*>(next)->client;
  error_code ignored;
  client->socket.cancel(ignored);
  client->clock.cancel();
}

// The client has closed, or at least will send no more. Bytes that lie there unread do not hide it.
bool is_gone(peer* client) {
  if (!client->socket.is_open()) return true;
  pollfd watched{client->socket.native_handle(), POLLRDHUP, 0};
  return poll(&watched, 1, 0) > 0;
}

// Until it is called or the client has gone. Nothing is read meanwhile, so what the socket becomes
// readable for is the client's end or bytes in front of that.
awaitable<void> wait_for_turn(caller* waiting, tally* counted) {
  peer* const client = waiting->client;
  counted->joined_queue();
  co_await client->socket.async_wait(tcp_socket::wait_read, await);
  while (!waiting->called && !is_gone(client)) co_await pause(client, look_interval);
  counted->left_queue();
}

// Waits for its turn and then as long as serving takes. A client that went away is cut off.
awaitable<void> be_served(peer* client, std::chrono::microseconds delay, shared server) {
  caller waiting(client);
  if (!server.turns->enter(waiting)) co_await wait_for_turn(&waiting, server.tally);
  const bool there = waiting.called && !is_gone(client);
  if (there) co_await pause(client, delay);
  if (waiting.called) call_next(server.turns);
  if (!there) client->abort();
}

// Until the client closes, or abort() does.
template <class Stream>
awaitable<void> wait_for_the_end(Stream* stream) {
  std::array<char, 512> scratch;
  bool open = true;
  while (open) {
    const auto [failed, ignored] = co_await stream->async_read_some(asio::buffer(scratch), await);
    open = !failed;
  }
}

// Says that no more will come, without waiting for the client to say the same: marking its half as
// received makes OpenSSL send its close_notify and be done.
awaitable<void> close_cleanly(tls_stream* stream) {
  SSL_set_shutdown(stream->native_handle(), SSL_RECEIVED_SHUTDOWN);
  co_await stream->async_shutdown(await);
}

awaitable<void> close_cleanly(tcp_socket*) { co_return; }

void reset(peer* client) {
  error_code ignored;
  client->socket.set_option(asio::socket_base::linger(true, 0), ignored);
  client->socket.close(ignored);
}

template <class Stream>
awaitable<bool> write(Stream* stream, const std::string* bytes, tally* counted,
                      answer_times* times) {
  counted->sent(bytes->size());
  if (times != nullptr) times->sent.push_back(std::chrono::steady_clock::now());
  const auto [failed, ignored] = co_await asio::async_write(*stream, asio::buffer(*bytes), await);
  co_return !failed;
}

void count_answer(const reaction& made, tally* counted) {
  if (made.answered) counted->answered(*made.answered, made.output_tokens, made.streamed);
}

void take_back(const reaction& made, tally* counted) {
  if (made.answered) counted->take_back(*made.answered, made.streamed);
}

// What comes after pauses. An answer counts before its last bytes.
template <class Stream>
awaitable<bool> deliver_later(Stream* stream, peer* client, reaction* made, tally* counted,
                              answer_times* times) {
  for (const std::string& bytes : made->later) {
    co_await pause(client, made->pause);
    if (is_gone(client)) co_return false;
    if (&bytes == &made->later.back()) count_answer(*made, counted);
    const bool written = co_await write(stream, &bytes, counted, times);
    if (!written && &bytes == &made->later.back()) take_back(*made, counted);
    if (!written) co_return false;
  }
  co_return true;
}

// Writes what there is to write; false when the client is gone.
template <class Stream>
awaitable<bool> deliver(Stream* stream, peer* client, reaction* made, tally* counted,
                        answer_times* times) {
  const bool at_once = made->later.empty();
  if (at_once) count_answer(*made, counted);
  bool written = co_await write(stream, &made->bytes, counted, times);
  if (!written && at_once) take_back(*made, counted);
  if (written && !at_once) written = co_await deliver_later(stream, client, made, counted, times);
  co_return written;
}

// Does what was decided about one request; false when the connection is at its end.
template <class Stream>
awaitable<bool> carry_out(Stream* stream, peer* client, reaction made, shared server) {
  const bool is_timed = server.times != nullptr && made.answered;
  answer_times times{std::chrono::steady_clock::now(), {}};
  const bool waits = made.delay.count() > 0 && client->socket.is_open();
  if (waits && server.turns->bounded()) co_await be_served(client, made.delay, server);
  if (waits && !server.turns->bounded()) co_await pause(client, made.delay);
  if (!client->socket.is_open()) co_return false;
  server.service->settle(made);
  if (made.then != ending::stall) made.in_flight.release();
  bool written = true;
  if (!made.bytes.empty())
    written = co_await deliver(stream, client, &made, server.tally, is_timed ? &times : nullptr);
  if (!written) co_return false;
  if (is_timed) server.times->add(times);
  if (made.then == ending::reset) reset(client);
  if (made.then == ending::stall) co_await wait_for_the_end(stream);
  if (made.then == ending::close) co_await close_cleanly(stream);
  co_return made.then == ending::keep;
}

template <class Stream>
awaitable<void> serve_requests(Stream* stream, peer* client, shared server) {
  boost::beast::flat_buffer buffer;
  bool open = true;
  while (open) {
    request_parser parser;
    parser.body_limit(max_body_bytes);
    const auto [failed, received] = co_await http::async_read(*stream, buffer, parser, await);
    server.tally->received(received);
    if (failed && !is_client_fault(failed)) co_return;
    reaction made = failed ? server.service->reject("Not a request: " + failed.message())
                           : server.service->react(view(parser.get()));
    open = co_await carry_out(stream, client, std::move(made), server);
  }
}

awaitable<void> serve_tls(peer* client, shared server) {
  tls_stream stream(client->socket, *server.tls);
  const auto [failed] = co_await stream.async_handshake(asio::ssl::stream_base::server, await);
  if (failed) co_return;
  server.tally->shook_hands(SSL_session_reused(stream.native_handle()) == 1);
  co_await serve_requests(&stream, client, server);
}

}  // namespace

awaitable<void> serve_connection(tcp_socket connected, shared server) {
  peer client(std::move(connected));
  server.peers->push_back(client);
  server.tally->connected();
  error_code ignored;
  client.socket.set_option(asio::ip::tcp::no_delay(true), ignored);
  if (server.tls != nullptr) {
    co_await serve_tls(&client, server);
  } else {
    co_await serve_requests(&client.socket, &client, server);
  }
  server.tally->disconnected();
}

}  // namespace retort::mock
