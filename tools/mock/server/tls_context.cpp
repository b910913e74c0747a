#include "tools/mock/server/tls_context.hpp"

#include <boost/asio/buffer.hpp>
#include <fstream>
#include <iterator>

#include "tools/mock/server/certificate.hpp"

namespace retort::mock {
namespace {

namespace ssl = boost::asio::ssl;
using boost::system::error_code;

result<std::string> read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return error{errc::unreadable, "cannot open " + path};
  return std::string(std::istreambuf_iterator<char>(file), {});
}

result<void> write_file(const std::string& path, const std::string& text) {
  std::ofstream file(path, std::ios::binary);
  file << text << std::flush;
  if (!file) return error{errc::disk, "cannot write " + path};
  return {};
}

// A user's chain is its own authority: right for a self-signed certificate and for a chain that
// ends in its root.
result<certificate> read_certificate(const options& chosen) {
  result<std::string> chain = read_file(chosen.cert);
  if (!chain) return chain.error();
  result<std::string> key = read_file(chosen.key);
  if (!key) return key.error();
  return certificate{*chain, *chain, *key};
}

result<std::unique_ptr<ssl::context>> make_context(const certificate& identity) {
  auto context = std::make_unique<ssl::context>(ssl::context::tls_server);
  SSL_CTX_set_min_proto_version(context->native_handle(), TLS1_2_VERSION);
  SSL_CTX_set_mode(context->native_handle(), SSL_MODE_RELEASE_BUFFERS);
  error_code failed;
  context->use_certificate_chain(boost::asio::buffer(identity.chain_pem), failed);
  if (failed) return error{errc::usage, "cert is not a PEM certificate: " + failed.message()};
  context->use_private_key(boost::asio::buffer(identity.key_pem), ssl::context::pem, failed);
  if (failed) return error{errc::usage, "key does not fit the certificate: " + failed.message()};
  return context;
}

}  // namespace

result<tls_identity> make_tls(const options& chosen) {
  result<certificate> identity =
      chosen.cert.empty() ? make_certificate(chosen.host_name) : read_certificate(chosen);
  if (!identity) return identity.error();
  auto context = make_context(*identity);
  if (!context) return context.error();
  if (!chosen.write_ca.empty()) {
    const result<void> written = write_file(chosen.write_ca, identity->ca_pem);
    if (!written) return written.error();
  }
  return tls_identity{std::move(*context), std::move(identity->ca_pem)};
}

}  // namespace retort::mock
