#include "tests/support/peer_link.hpp"

#include <openssl/err.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>

namespace retort::test {
namespace {

// Far longer than any test takes, so that a client that never answers fails and does not hang.
constexpr timeval patience{30, 0};

std::size_t body_length(std::string_view head) {
  constexpr std::string_view field = "\r\nContent-Length: ";
  const auto at = head.find(field);
  if (at == std::string_view::npos) return 0;
  return static_cast<std::size_t>(std::atoll(head.data() + at + field.size()));
}

}  // namespace

peer_link::peer_link(int descriptor, SSL_CTX* tls) : descriptor_(descriptor), tls_(tls) {
  ::setsockopt(descriptor_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  ::setsockopt(descriptor_, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
}

peer_link::~peer_link() { cut(); }

bool peer_link::try_handshake() {
  ERR_clear_error();
  ssl_.reset(SSL_new(tls_));
  SSL_set_fd(ssl_.get(), descriptor_);
  return SSL_accept(ssl_.get()) == 1;
}

std::string peer_link::read_request() {
  std::string got;
  std::size_t head = std::string::npos;
  while ((head = got.find("\r\n\r\n")) == std::string::npos) got += read_some();
  const std::size_t whole = head + 4 + body_length(std::string_view(got).substr(0, head + 2));
  while (got.size() < whole) got += read_some();
  if (got.size() > whole) throw deviation("more came than one request: " + got.substr(whole));
  return got;
}

std::string peer_link::read_some() {
  std::string got = receive();
  if (got.empty()) throw deviation("the client closed instead of sending");
  return got;
}

std::string peer_link::read_to_end() {
  std::string all;
  for (;;) {
    const std::string got = receive();
    if (got.empty()) return all;
    all += got;
  }
}

// "" when the client has closed, in whatever way.
std::string peer_link::receive() {
  char buffer[64 << 10];
  ERR_clear_error();
  errno = 0;
  const ssize_t got = ssl_ ? SSL_read(ssl_.get(), buffer, sizeof buffer)
                           : ::recv(descriptor_, buffer, sizeof buffer, 0);
  if (got > 0) return {buffer, static_cast<std::size_t>(got)};
  if (errno == EAGAIN) throw deviation("nothing came from the client");
  return {};
}

void peer_link::write(std::string_view bytes) {
  if (!ssl_) return send(bytes);
  ERR_clear_error();
  const int sent = SSL_write(ssl_.get(), bytes.data(), static_cast<int>(bytes.size()));
  if (!bytes.empty() && sent <= 0) throw deviation("the client did not take the answer");
}

bool peer_link::try_write(std::string_view bytes) {
  try {
    write(bytes);
    return true;
  } catch (const deviation&) {
    return false;
  }
}

void peer_link::send(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = ::send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) throw deviation("the client did not take the answer");
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
}

void peer_link::write_records(const std::vector<std::string>& texts, std::size_t missing) {
  BIO* memory = BIO_new(BIO_s_mem());
  SSL_set0_wbio(ssl_.get(), memory);
  for (const std::string& text : texts) write(text);
  char* records = nullptr;
  const long size = BIO_get_mem_data(memory, &records);
  send({records, static_cast<std::size_t>(size) - missing});
  SSL_set_fd(ssl_.get(), descriptor_);
}

void peer_link::update_keys() {
  while (SSL_key_update(ssl_.get(), SSL_KEY_UPDATE_NOT_REQUESTED) == 1 &&
         SSL_do_handshake(ssl_.get()) == 1) {
    continue;
  }
}

void peer_link::half_close() { ::shutdown(descriptor_, SHUT_WR); }

void peer_link::close() {
  if (ssl_) SSL_shutdown(ssl_.get());
  cut();
}

void peer_link::cut() {
  if (descriptor_ >= 0) ::close(descriptor_);
  descriptor_ = -1;
}

void peer_link::reset() {
  const linger at_once{1, 0};
  ::setsockopt(descriptor_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  cut();
}

}  // namespace retort::test
