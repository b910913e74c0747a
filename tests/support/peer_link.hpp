// One accepted connection as a scripted peer uses it: blocking, plain or under TLS, with the means
// to misbehave. What does not go as expected is thrown as a `deviation`. One thread at a time.
#pragma once

#include <openssl/ssl.h>

#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace retort::test {

struct deviation : std::runtime_error {
  using std::runtime_error::runtime_error;
};

class peer_link {
 public:
  // Owns the descriptor; `tls` outlives the link.
  peer_link(int descriptor, SSL_CTX* tls);
  ~peer_link();
  peer_link(const peer_link&) = delete;
  peer_link& operator=(const peer_link&) = delete;

  bool try_handshake();
  bool resumed() const { return SSL_session_reused(ssl_.get()) == 1; }

  // A whole request: its head, and as many bytes as its Content-Length says.
  std::string read_request();
  // Whatever comes first.
  std::string read_some();
  // Reads until the client has closed; the bytes that came before that.
  std::string read_to_end();

  void write(std::string_view bytes);
  bool try_write(std::string_view bytes);  // false when the client has gone
  // One TLS record for each text, all in one packet but for the last `missing` bytes.
  void write_records(const std::vector<std::string>& texts, std::size_t missing);

  void update_keys();  // again and again, until the client has gone: records without data
  void half_close();   // nothing more is said, but listened to; not for TLS
  void close();        // in good order: under TLS with its farewell
  void cut();          // the TCP connection alone
  void reset();        // RST

 private:
  struct ssl_free {
    void operator()(SSL* ssl) const { SSL_free(ssl); }
  };
  void send(std::string_view bytes);
  std::string receive();

  int descriptor_;
  SSL_CTX* tls_;
  std::unique_ptr<SSL, ssl_free> ssl_;  // null: plain
};

}  // namespace retort::test
