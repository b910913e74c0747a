#include "io/net/tls_context.hpp"

#include <fmt/format.h>
#include <openssl/err.h>
#include <openssl/x509v3.h>

#include <cstring>

namespace retort::io {
namespace {

// Enough for a pool that reconnects all at once to resume most of it; a session is about 5 KB.
constexpr std::size_t kept_sessions = 256;

// The certificate must be for `host`, which is an address if OpenSSL takes it for one.
void expect_host(SSL* ssl, const std::string& host) {
  if (X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), host.c_str()) == 1) return;
  SSL_set_tlsext_host_name(ssl, host.c_str());
  SSL_set_hostflags(ssl, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
  SSL_set1_host(ssl, host.c_str());
}

bool trust_pem(SSL_CTX* context, const std::string& pem) {
  std::unique_ptr<BIO, decltype(&BIO_free)> bio(
      BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())), &BIO_free);
  X509_STORE* store = SSL_CTX_get_cert_store(context);
  bool any = false;
  while (X509* certificate = PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr)) {
    X509_STORE_add_cert(store, certificate);
    X509_free(certificate);
    any = true;
  }
  ERR_clear_error();
  return any;
}

result<void> load_authorities(SSL_CTX* context, const trust& trusted) {
  if (!trusted.ca_pem.empty()) {
    if (trust_pem(context, trusted.ca_pem)) return {};
    return error{errc::unreadable, "the given authority holds no PEM certificate"};
  }
  if (trusted.ca_file.empty()) {
    if (SSL_CTX_set_default_verify_paths(context) == 1) return {};
    return error{errc::unreadable, "the system's certificate authorities cannot be loaded"};
  }
  errno = 0;
  if (SSL_CTX_load_verify_locations(context, trusted.ca_file.c_str(), nullptr) == 1) return {};
  const int reason = errno;
  ERR_clear_error();
  return error{errc::unreadable,
               fmt::format("ca_file {}: {}", trusted.ca_file,
                           reason ? std::strerror(reason) : "holds no PEM certificate")};
}

// A server with a certificate of its own making, or a chain that the trusted ones do not begin.
bool is_unknown_authority(long verdict) {
  return verdict == X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT ||
         verdict == X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN ||
         verdict == X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT ||
         verdict == X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY ||
         verdict == X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE;
}

std::string explain_verdict(long verdict, const std::string& host) {
  if (verdict == X509_V_ERR_HOSTNAME_MISMATCH || verdict == X509_V_ERR_IP_ADDRESS_MISMATCH) {
    return fmt::format("the server's certificate is not for {}: wrong host name", host);
  }
  return fmt::format(
      "the certificate of {} is not trusted: {}{}", host, X509_verify_cert_error_string(verdict),
      is_unknown_authority(verdict) ? " (name its authority with ca_file if it is your own)" : "");
}

std::string explain_failure(unsigned long code) {
  if (code == 0) return "the connection ended";
  if (ERR_GET_REASON(code) == SSL_R_WRONG_VERSION_NUMBER) {
    return "it does not speak TLS (should the URL begin with http://?)";
  }
  const char* reason = ERR_reason_error_string(code);
  return reason ? reason : "for a reason that OpenSSL does not name";
}

}  // namespace

void ssl_deleter::operator()(SSL* ssl) const {
  // Connections are discarded by closing. Without this mark OpenSSL would take the session for
  // broken and forbid its resumption.
  SSL_set_shutdown(ssl, SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
  SSL_free(ssl);
}

tls_context::tls_context(SSL_CTX* context) : context_(context) {
  SSL_CTX_set_app_data(context, this);
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
  SSL_CTX_sess_set_new_cb(context, &tls_context::keep_session);
}

result<std::unique_ptr<tls_context>> tls_context::make(const trust& trusted, buffers between) {
  SSL_CTX* context = SSL_CTX_new(TLS_client_method());
  if (!context) return error{errc::tls, "OpenSSL could not be initialised"};
  std::unique_ptr<tls_context> made(new tls_context(context));
  SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
  // As browsers have it: 128 bits are enough, and a sixth cheaper than OpenSSL's first choice of
  // 256.
  SSL_CTX_set_ciphersuites(
      context, "TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256");
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nullptr);
  // One read(2) takes a whole record instead of its header and its body apart.
  SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  if (between == buffers::freed) SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS);
  SSL_CTX_set_read_ahead(context, 1);
  static constexpr unsigned char http11[] = "\x08http/1.1";
  SSL_CTX_set_alpn_protos(context, http11, sizeof http11 - 1);
  auto loaded = load_authorities(context, trusted);
  if (!loaded) return loaded.error();
  return made;
}

std::unique_ptr<SSL, ssl_deleter> tls_context::connect(socket_allowance* socket,
                                                       const std::string& host) {
  std::unique_ptr<SSL, ssl_deleter> ssl(SSL_new(context_.get()));
  BIO* const bio = make_socket_bio(socket);
  SSL_set_bio(ssl.get(), bio, bio);  // it owns it
  expect_host(ssl.get(), host);
  resume_newest(ssl.get());
  SSL_set_connect_state(ssl.get());
  return ssl;
}

int tls_context::keep_session(SSL* ssl, SSL_SESSION* session) {
  auto* self = static_cast<tls_context*>(SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl)));
  if (self->sessions_.size() == kept_sessions) self->sessions_.erase(self->sessions_.begin());
  self->sessions_.emplace_back(session);
  return 1;  // the reference is ours now
}

void tls_context::resume_newest(SSL* ssl) {
  // OpenSSL spoils the session of a connection that the peer cut off.
  while (!sessions_.empty() && !SSL_SESSION_is_resumable(sessions_.back().get())) {
    sessions_.pop_back();
  }
  if (sessions_.empty()) return;
  SSL_SESSION* newest = sessions_.back().get();
  SSL_set_session(ssl, newest);  // takes a reference of its own
  // A session of TLS 1.3 is good for one use (RFC 8446, C.4) and brings its successor; an older
  // one is used until the server refuses it, which brings another.
  if (SSL_SESSION_get_protocol_version(newest) >= TLS1_3_VERSION) sessions_.pop_back();
}

error explain_handshake_failure(SSL* ssl, const std::string& host) {
  const long verdict = SSL_get_verify_result(ssl);
  const unsigned long code = ERR_peek_error();
  ERR_clear_error();
  if (verdict != X509_V_OK) return {errc::certificate, explain_verdict(verdict, host)};
  return {errc::tls, fmt::format("TLS handshake with {} failed: {}", host, explain_failure(code))};
}

}  // namespace retort::io
