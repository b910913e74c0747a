// One TCP connection, plain or under TLS, whose every step says at once how far it got: the
// caller waits only where there is something to wait for. OpenSSL works on the descriptor itself,
// so that a connection in flight costs kilobytes, not a pair of 17 KB buffers. The program ignores
// SIGPIPE, which OpenSSL's writes may raise. One thread.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "io/base/awaitable.hpp"
#include "io/net/poller.hpp"
#include "io/net/tls_context.hpp"

namespace retort::io {

enum class step {
  done,
  want_read,   // wait until the socket is readable, then take the step again
  want_write,  // ... writable
  go_on,       // nothing: enough was done for one turn of the loop, others go first
  end,         // the peer closed in good order
  broken,      // reset, or bytes that are no TLS
};

struct transfer {
  step state;
  std::size_t bytes = 0;
};

// What a connection is like that nothing is expected from.
enum class silence {
  quiet,
  ended,     // closed or reset
  broken,    // something came, or begins to
  blank,     // ends of lines alone, which are no response: some servers put them behind a body
  answered,  // a response of status 2xx came: it could be taken for another request's
};

// Bytes that no request asked for: answered, blank, or else broken, also where they are too few to
// tell.
silence heard(std::string_view bytes);

class stream {
 public:
  explicit stream(executor on);
  ~stream() { close(); }
  stream(const stream&) = delete;
  stream& operator=(const stream&) = delete;

  // For connecting; once that is done, make_ready() takes the descriptor over from Asio.
  tcp_socket& socket() { return socket_; }
  void make_ready();
  // Once it is ready: arrived() is the kernel's stamp from then on.
  void stamp_arrivals();
  void start_tls(tls_context& context, const std::string& host);
  SSL* ssl() const { return ssl_.get(); }
  int native_handle() const { return descriptor_; }  // -1 when it is closed

  transfer handshake();
  transfer read(char* into, std::size_t size);
  transfer write(std::string_view data);
  // When the last of what was read came to this machine; without stamps it is now.
  std::chrono::steady_clock::time_point arrived() const;
  // Bytes are here already that the socket would not announce any more.
  bool has_pending() const { return ssl_ && SSL_has_pending(ssl_.get()) == 1; }
  // At its shortest of late; nothing where that is not known.
  std::chrono::microseconds round_trip() const;
  // Looks at the socket itself, for a connection that nobody asked anything of; takes what has come
  // under TLS, and passes over session tickets. When it is quiet, poller tells of all that follows.
  silence look();

  // Gives back the record buffers (17 KB each) that hold nothing, if they are not to be kept.
  // OpenSSL does so by itself but for what the handshake, and reading a TLS 1.3 session ticket,
  // set up: due until a first response is there, and no longer, for it costs some 0.3 us.
  void free_buffers();

  // What waits on the stream is woken and finds it broken.
  void close();

 private:
  friend awaitable<> ready(stream* on, step wanted);
  transfer write_some(std::string_view data);
  transfer explain(int returned);

  tcp_socket socket_;
  poller& poller_;
  int descriptor_ = -1;
  poller::place place_ = 0;
  socket_allowance wire_;
  std::unique_ptr<SSL, ssl_deleter> ssl_;
};

// Waits until the step that was to wait is worth taking again, or the stream is closed; the next
// step tells which. Behind go_on it only lets the others of the loop have their turn.
awaitable<> ready(stream* on, step wanted = step::want_read);

}  // namespace retort::io
