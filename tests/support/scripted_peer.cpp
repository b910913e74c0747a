#include "tests/support/scripted_peer.hpp"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <openssl/pem.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <system_error>
#include <utility>

namespace retort::test {
namespace {

using namespace std::chrono_literals;

// Made once: every peer may be the same.
const mock::certificate& local_identity() {
  static const mock::certificate made = mock::make_certificate("").value();
  return made;
}

void use_identity(SSL_CTX* context, const mock::certificate& identity) {
  const auto memory = [](const std::string& pem) {
    return BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size()));
  };
  BIO* chain = memory(identity.chain_pem);
  X509* leaf = PEM_read_bio_X509(chain, nullptr, nullptr, nullptr);
  SSL_CTX_use_certificate(context, leaf);
  X509_free(leaf);
  BIO_free(chain);
  BIO* secret = memory(identity.key_pem);
  EVP_PKEY* key = PEM_read_bio_PrivateKey(secret, nullptr, nullptr, nullptr);
  SSL_CTX_use_PrivateKey(context, key);
  EVP_PKEY_free(key);
  BIO_free(secret);
}

sockaddr_storage to_socket_address(const std::string& address, std::uint16_t port) {
  sockaddr_storage storage{};
  auto* v4 = reinterpret_cast<sockaddr_in*>(&storage);
  auto* v6 = reinterpret_cast<sockaddr_in6*>(&storage);
  if (::inet_pton(AF_INET, address.c_str(), &v4->sin_addr) == 1) {
    v4->sin_family = AF_INET;
    v4->sin_port = htons(port);
  } else if (::inet_pton(AF_INET6, address.c_str(), &v6->sin6_addr) == 1) {
    v6->sin6_family = AF_INET6;
    v6->sin6_port = htons(port);
  }
  return storage;
}

std::uint16_t port_of(int listener) {
  sockaddr_in6 bound{};  // the port is where sockaddr_in has it, too
  socklen_t size = sizeof bound;
  ::getsockname(listener, reinterpret_cast<sockaddr*>(&bound), &size);
  return ntohs(bound.sin6_port);
}

}  // namespace

dialogue& dialogue::then(step next) {
  steps_.push_back(std::move(next));
  return *this;
}

dialogue& dialogue::hears(std::string beginning) {
  return then([beginning = std::move(beginning)](peer_link& link, scripted_peer& peer) {
    std::string request = link.read_request();
    if (!request.starts_with(beginning)) {
      throw deviation("expected \"" + beginning + "\", heard \"" + request + "\"");
    }
    peer.note(std::move(request));
  });
}

dialogue& dialogue::hears_something() {
  return then([](peer_link& link, scripted_peer&) { link.read_some(); });
}

dialogue& dialogue::says(std::string bytes) {
  return then([bytes = std::move(bytes)](peer_link& link, scripted_peer&) { link.write(bytes); });
}

dialogue& dialogue::says_in_pieces(std::string bytes, std::size_t piece) {
  return then([bytes = std::move(bytes), piece](peer_link& link, scripted_peer&) {
    for (std::size_t i = 0; i < bytes.size(); i += piece) link.write(bytes.substr(i, piece));
  });
}

dialogue& dialogue::says_in_records(std::vector<std::string> texts) {
  return then([texts = std::move(texts)](peer_link& link, scripted_peer&) {
    link.write_records(texts, 0);
  });
}

dialogue& dialogue::says_cut_record(std::string text) {
  return then(
      [text = std::move(text)](peer_link& link, scripted_peer&) { link.write_records({text}, 1); });
}

dialogue& dialogue::keeps_saying(std::string bytes, std::chrono::milliseconds pause) {
  return then([bytes = std::move(bytes), pause](peer_link& link, scripted_peer&) {
    while (link.try_write(bytes)) std::this_thread::sleep_for(pause);
  });
}

dialogue& dialogue::keeps_updating_keys() {
  return then([](peer_link& link, scripted_peer&) { link.update_keys(); });
}

dialogue& dialogue::sees_close() {
  return then([](peer_link& link, scripted_peer&) {
    const std::string more = link.read_to_end();
    if (!more.empty()) throw deviation("expected the client to close, heard \"" + more + "\"");
  });
}

dialogue& dialogue::ignores_the_rest() {
  return then([](peer_link& link, scripted_peer&) { link.read_to_end(); });
}

dialogue& dialogue::shakes_hands() {
  return then([](peer_link& link, scripted_peer&) {
    if (!link.try_handshake()) throw deviation("the handshake failed");
  });
}

dialogue& dialogue::resumes() {
  return shakes_hands().then([](peer_link& link, scripted_peer&) {
    if (!link.resumed()) throw deviation("no session was resumed");
  });
}

dialogue& dialogue::fails_to_shake_hands() {
  return then([](peer_link& link, scripted_peer&) {
    if (link.try_handshake()) throw deviation("the handshake should have failed");
  });
}

dialogue& dialogue::half_closes() {
  return then([](peer_link& link, scripted_peer&) { link.half_close(); });
}

dialogue& dialogue::closes() {
  return then([](peer_link& link, scripted_peer&) { link.close(); });
}

dialogue& dialogue::cuts() {
  return then([](peer_link& link, scripted_peer&) { link.cut(); });
}

dialogue& dialogue::resets() {
  return then([](peer_link& link, scripted_peer&) { link.reset(); });
}

dialogue& dialogue::does(std::function<void()> what) {
  return then([what = std::move(what)](peer_link&, scripted_peer&) { what(); });
}

std::string ok(std::string_view body) {
  return fmt::format("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{}", body.size(), body);
}

scripted_peer::scripted_peer(peer_options options) : options_(std::move(options)) {
  std::signal(SIGPIPE, SIG_IGN);  // as the program does: OpenSSL writes to connections that died
  if (!options_.identity) options_.identity = local_identity();
  make_tls();
  listen();
  acceptor_ = std::thread([this] { accept_all(); });
}

scripted_peer::~scripted_peer() {
  if (acceptor_.joinable()) finish();
}

void scripted_peer::make_tls() {
  tls_.reset(SSL_CTX_new(TLS_server_method()));
  SSL_CTX_set_min_proto_version(tls_.get(), options_.oldest_tls);
  SSL_CTX_set_max_proto_version(tls_.get(), options_.newest_tls);
  // What Debian's OpenSSL would not do unasked: TLS 1.1.
  if (options_.oldest_tls < TLS1_2_VERSION) {
    SSL_CTX_set_cipher_list(tls_.get(), "DEFAULT:@SECLEVEL=0");
  }
  use_identity(tls_.get(), *options_.identity);
}

void scripted_peer::listen() {
  const sockaddr_storage address = to_socket_address(options_.address, 0);
  listener_ = ::socket(address.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const auto* at = reinterpret_cast<const sockaddr*>(&address);
  if (::bind(listener_, at, sizeof address) != 0 || ::listen(listener_, 256) != 0) {
    throw std::system_error(errno, std::generic_category(), "listen on " + options_.address);
  }
  port_ = port_of(listener_);
}

void scripted_peer::plays(dialogue script) {
  dialogue whole;
  if (options_.tls) whole.shakes_hands();
  for (auto& step : script.steps_) whole.then(std::move(step));
  plays_bare(std::move(whole));
}

void scripted_peer::plays_bare(dialogue script) {
  const std::lock_guard lock(mutex_);
  scripts_.push_back(std::move(script));
}

void scripted_peer::plays_always(dialogue script) {
  plays(std::move(script));
  const std::lock_guard lock(mutex_);
  always_ = std::move(scripts_.back());
  scripts_.pop_back();
}

io::http_endpoint scripted_peer::endpoint() const {
  const std::string host =
      options_.address.find(':') == std::string::npos ? options_.address : "[::1]";
  io::http_endpoint to;
  to.base =
      io::parse_url(fmt::format("{}://{}:{}/v1", options_.tls ? "https" : "http", host, port_))
          .value();
  to.trusted.ca_pem = options_.identity->ca_pem;
  to.target = "/chat/completions";
  to.headers = "Content-Type: application/json\r\n";
  to.crossing = std::chrono::seconds(30);  // however late this machine's threads are
  return to;
}

void scripted_peer::accept_all() {
  for (;;) {
    const int descriptor = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (descriptor < 0) return;  // finish() shut the listener down
    const std::lock_guard lock(mutex_);
    const std::size_t number = players_.size() + 1;
    players_.emplace_back([this, descriptor, number, script = next_script()]() mutable {
      if (script) return play(descriptor, std::move(*script), number);
      ::close(descriptor);
      complain(number, "was not expected");
    });
    all_begun_.notify_all();
  }
}

// With the mutex held.
std::optional<dialogue> scripted_peer::next_script() {
  if (scripts_.empty()) return always_;
  dialogue next = std::move(scripts_.front());
  scripts_.pop_front();
  return next;
}

void scripted_peer::play(int descriptor, dialogue script, std::size_t number) {
  peer_link link(descriptor, tls_.get());
  std::size_t step = 0;
  try {
    for (; step < script.steps_.size(); ++step) script.steps_[step](link, *this);
  } catch (const deviation& what) {
    complain(number, fmt::format("step {}: {}", step + 1, what.what()));
  }
}

void scripted_peer::note(std::string request) {
  const std::lock_guard lock(mutex_);
  heard_.push_back(std::move(request));
}

void scripted_peer::complain(std::size_t connection, const std::string& what) {
  const std::lock_guard lock(mutex_);
  complaints_ += fmt::format("connection {}: {}\n", connection, what);
}

std::vector<std::string> scripted_peer::heard() {
  const std::lock_guard lock(mutex_);
  return heard_;
}

std::size_t scripted_peer::connections() {
  const std::lock_guard lock(mutex_);
  return players_.size();
}

std::string scripted_peer::finish() {
  std::unique_lock lock(mutex_);
  all_begun_.wait_for(lock, 10s, [this] { return scripts_.empty(); });
  if (!scripts_.empty()) {
    complaints_ += fmt::format("connections that never came: {}\n", scripts_.size());
  }
  lock.unlock();
  ::shutdown(listener_, SHUT_RDWR);
  acceptor_.join();
  for (auto& player : players_) player.join();
  ::close(listener_);
  return complaints_;
}

}  // namespace retort::test
