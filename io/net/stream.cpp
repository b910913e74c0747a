#include "io/net/stream.hpp"

#include <openssl/err.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "io/net/socket_bio.hpp"
#include "io/net/tcp_facts.hpp"

namespace retort::io {
namespace {

// What one call of OpenSSL may take from the socket.
constexpr std::size_t bytes_per_call = 64 << 10;

constexpr std::string_view any_version = "HTTP/1.";
constexpr std::string_view success = "HTTP/1.1 2";

}  // namespace

silence heard(std::string_view bytes) {
  const bool says_nothing = bytes.find_first_not_of("\r\n") == bytes.npos;
  if (!bytes.empty() && says_nothing) return silence::blank;
  const bool succeeds = bytes.size() >= success.size() && bytes.starts_with(any_version) &&
                        bytes[success.size() - 1] == success.back();
  return succeeds ? silence::answered : silence::broken;
}

stream::stream(executor on) : socket_(on), poller_(asio::use_service<poller>(on.context())) {}

void stream::make_ready() {
  boost::system::error_code ignored;
  socket_.native_non_blocking(true, ignored);
  socket_.set_option(asio::ip::tcp::no_delay(true), ignored);
  descriptor_ = socket_.release(ignored);
  place_ = poller_.add(descriptor_);
  wire_ = {.descriptor = descriptor_, .told_by = &poller_, .place = place_};
}

void stream::stamp_arrivals() { wire_.stamps = io::stamp_arrivals(descriptor_); }

std::chrono::steady_clock::time_point stream::arrived() const {
  return wire_.stamps.are_on ? wire_.stamps.last : std::chrono::steady_clock::now();
}

std::chrono::microseconds stream::round_trip() const {
  return io::round_trip(descriptor_).value_or(std::chrono::microseconds(0));
}

void stream::start_tls(tls_context& context, const std::string& host) {
  ssl_ = context.connect(&wire_, host);
}

// OpenSSL reads its thread's error queue to explain a call, so the queue must be empty before the
// next one: emptied here, after the calls that fail, and not before each of those that do not.
transfer stream::explain(int returned) {
  const int reason = SSL_get_error(ssl_.get(), returned);
  if (reason == SSL_ERROR_SSL && !SSL_is_init_finished(ssl_.get())) return {step::broken};
  ERR_clear_error();
  switch (reason) {
    case SSL_ERROR_WANT_READ: return {wire_.spent ? step::go_on : step::want_read};
    case SSL_ERROR_WANT_WRITE: return {step::want_write};
    case SSL_ERROR_ZERO_RETURN: return {step::end};
    default: return {step::broken};
  }
}

transfer stream::handshake() {
  if (descriptor_ < 0) return {step::broken};
  wire_.left = bytes_per_call;
  const int returned = SSL_do_handshake(ssl_.get());
  return returned == 1 ? transfer{step::done} : explain(returned);
}

transfer stream::read(char* into, std::size_t size) {
  if (descriptor_ < 0) return {step::broken};
  if (!poller_.may_read(place_) && !has_pending()) return {step::want_read};
  if (ssl_) {
    wire_.left = bytes_per_call;
    std::size_t bytes = 0;
    const int returned = SSL_read_ex(ssl_.get(), into, size, &bytes);
    return returned == 1 ? transfer{step::done, bytes} : explain(returned);
  }
  const ssize_t got = receive(wire_, into, size);
  if (got > 0 && static_cast<std::size_t>(got) < size) poller_.note_short_read(place_);
  if (got > 0) return {step::done, static_cast<std::size_t>(got)};
  if (got == 0) return {step::end};
  return {would_block() ? step::want_read : step::broken};
}

transfer stream::write(std::string_view data) {
  const transfer moved = write_some(data);
  // What the peer said before it ended this is to be looked for, whether that was announced or not.
  const bool is_over = moved.state == step::broken || moved.state == step::end;
  if (is_over && descriptor_ >= 0) poller_.note_bytes(place_);
  return moved;
}

transfer stream::write_some(std::string_view data) {
  if (descriptor_ < 0) return {step::broken};
  if (ssl_) {
    wire_.left = bytes_per_call;
    std::size_t bytes = 0;
    const int returned = SSL_write_ex(ssl_.get(), data.data(), data.size(), &bytes);
    return returned == 1 ? transfer{step::done, bytes} : explain(returned);
  }
  const ssize_t sent = ::send(descriptor_, data.data(), data.size(), MSG_NOSIGNAL);
  if (sent >= 0) return {step::done, static_cast<std::size_t>(sent)};
  return {would_block() ? step::want_write : step::broken};
}

silence stream::look() {
  char said[success.size()];
  if (descriptor_ < 0) return silence::ended;
  const ssize_t here = ::recv(descriptor_, said, sizeof said, MSG_PEEK | MSG_DONTWAIT);
  if (here < 0 && would_block() && !has_pending()) return silence::quiet;
  if (here == 0 && !has_pending()) return silence::ended;
  if (here > 0) poller_.note_bytes(place_);
  const transfer moved = read(said, sizeof said);
  if (moved.state == step::want_read && !has_pending()) return silence::quiet;
  if (moved.state == step::end || moved.state == step::broken) return silence::ended;
  return heard({said, moved.bytes});
}

void stream::free_buffers() {
  const bool frugal = ssl_ && (SSL_get_mode(ssl_.get()) & SSL_MODE_RELEASE_BUFFERS) != 0;
  if (frugal) SSL_free_buffers(ssl_.get());
}

void stream::close() {
  boost::system::error_code ignored;
  socket_.close(ignored);
  if (descriptor_ < 0) return;
  poller_.remove(place_);
  ::close(std::exchange(descriptor_, -1));
}

awaitable<> ready(stream* on, step wanted) {
  return asio::async_initiate<const asio::use_awaitable_t<executor>, void()>(
      [](waiting_room::handler next, stream* where, step what) {
        const bool now = what == step::go_on || where->descriptor_ < 0;
        if (now) return asio::post(std::move(next));
        where->poller_.wait(where->place_, std::move(next));
      },
      use_awaitable, on, wanted);
}

}  // namespace retort::io
