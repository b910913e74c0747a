// What the TLS connections to one endpoint share: trusted authorities, the protocol's floor, and
// the sessions to resume. Verification is always on. Loading the system's authorities takes some
// 20 ms: make one per endpoint, not per connection. One thread.
#pragma once

#include <openssl/ssl.h>

#include <memory>
#include <string>
#include <vector>

#include "io/base/error.hpp"
#include "io/net/socket_bio.hpp"

namespace retort::io {

struct ssl_deleter {
  void operator()(SSL* ssl) const;
  void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
  void operator()(SSL_SESSION* session) const { SSL_SESSION_free(session); }
};

struct trust {
  std::string ca_file;  // PEM file that replaces the system's authorities; "" for those
  std::string ca_pem;   // the same held in memory; wins over ca_file
};

// What becomes of a connection's record buffers, 2 x 17 KB, while it waits.
enum class buffers { kept, freed };

class tls_context {
 public:
  // errc::unreadable when the authorities cannot be loaded.
  static result<std::unique_ptr<tls_context>> make(const trust& trusted, buffers between);

  // A client session over `socket` (with a non-blocking descriptor; it outlives the session) to the
  // server named `host` (a name or an address), resuming an earlier session where there is one.
  std::unique_ptr<SSL, ssl_deleter> connect(socket_allowance* socket, const std::string& host);

 private:
  explicit tls_context(SSL_CTX* context);
  static int keep_session(SSL* ssl, SSL_SESSION* session);
  void resume_newest(SSL* ssl);

  std::unique_ptr<SSL_CTX, ssl_deleter> context_;
  std::vector<std::unique_ptr<SSL_SESSION, ssl_deleter>> sessions_;  // newest last
};

// Why the handshake of `ssl` failed, as errc::certificate or errc::tls. Clears the error queue.
error explain_handshake_failure(SSL* ssl, const std::string& host);

}  // namespace retort::io
