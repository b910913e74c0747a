#include "tools/mock/server/certificate.hpp"

#include <openssl/bio.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>

#include <boost/asio/ip/address.hpp>
#include <memory>

namespace retort::mock {
namespace {

template <auto Free>
struct freed_by {
  void operator()(auto* object) const { Free(object); }
};
using key_ptr = std::unique_ptr<EVP_PKEY, freed_by<EVP_PKEY_free>>;
using x509_ptr = std::unique_ptr<X509, freed_by<X509_free>>;
using bio_ptr = std::unique_ptr<BIO, freed_by<BIO_free_all>>;
using extension_ptr = std::unique_ptr<X509_EXTENSION, freed_by<X509_EXTENSION_free>>;

constexpr long day_s = 24 * 60 * 60;

std::string text_of(const bio_ptr& memory) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(memory.get(), &data);
  return {data, static_cast<std::size_t>(size)};
}

std::string to_pem(const x509_ptr& x509) {
  const bio_ptr memory(BIO_new(BIO_s_mem()));
  PEM_write_bio_X509(memory.get(), x509.get());
  return text_of(memory);
}

std::string to_pem(const key_ptr& key) {
  const bio_ptr memory(BIO_new(BIO_s_mem()));
  PEM_write_bio_PrivateKey(memory.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr);
  return text_of(memory);
}

// Clients that have seen an earlier mock's certificate refuse a second one of the same number.
void set_random_serial(X509* x509) {
  std::uint64_t serial = 0;
  RAND_bytes(reinterpret_cast<unsigned char*>(&serial), sizeof serial);
  ASN1_INTEGER_set_uint64(X509_get_serialNumber(x509), serial >> 1);
}

void set_validity(X509* x509) {
  X509_gmtime_adj(X509_getm_notBefore(x509), -day_s);  // clocks differ
  X509_gmtime_adj(X509_getm_notAfter(x509), 365 * day_s);
}

void set_common_name(X509* x509, const char* name) {
  X509_NAME_add_entry_by_txt(X509_get_subject_name(x509), "CN", MBSTRING_UTF8,
                             reinterpret_cast<const unsigned char*>(name), -1, -1, 0);
}

x509_ptr unsigned_certificate(const key_ptr& key, const char* common_name) {
  x509_ptr made(X509_new());
  X509_set_version(made.get(), X509_VERSION_3);
  set_random_serial(made.get());
  set_validity(made.get());
  set_common_name(made.get(), common_name);
  X509_set_pubkey(made.get(), key.get());
  return made;
}

bool add_extension(X509* x509, X509* issuer, int nid, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, issuer, x509, nullptr, nullptr, 0);
  const extension_ptr made(X509V3_EXT_conf_nid(nullptr, &context, nid, value.c_str()));
  return made && X509_add_ext(x509, made.get(), -1) == 1;
}

bool sign(X509* x509, X509* issuer, const key_ptr& issuer_key) {
  X509_set_issuer_name(x509, X509_get_subject_name(issuer));
  return X509_sign(x509, issuer_key.get(), EVP_sha256()) != 0;
}

x509_ptr make_authority(const key_ptr& key) {
  x509_ptr made = unsigned_certificate(key, "retort mock authority");
  X509* self = made.get();
  const bool done = add_extension(self, self, NID_basic_constraints, "critical,CA:TRUE") &&
                    add_extension(self, self, NID_key_usage, "critical,keyCertSign") &&
                    add_extension(self, self, NID_subject_key_identifier, "hash") &&
                    sign(self, self, key);
  return done ? std::move(made) : nullptr;
}

std::string alternative_names(const std::string& host_name) {
  if (host_name.empty()) return "DNS:localhost,IP:127.0.0.1,IP:::1";
  boost::system::error_code not_an_address;
  boost::asio::ip::make_address(host_name, not_an_address);
  return (not_an_address ? "DNS:" : "IP:") + host_name;
}

x509_ptr make_leaf(const key_ptr& key, X509* authority, const key_ptr& authority_key,
                   const std::string& host_name) {
  x509_ptr made = unsigned_certificate(key, "retort mock");
  X509* leaf = made.get();
  const bool done =
      add_extension(leaf, authority, NID_basic_constraints, "critical,CA:FALSE") &&
      add_extension(leaf, authority, NID_key_usage, "critical,digitalSignature") &&
      add_extension(leaf, authority, NID_ext_key_usage, "serverAuth") &&
      add_extension(leaf, authority, NID_authority_key_identifier, "keyid") &&
      add_extension(leaf, authority, NID_subject_alt_name, alternative_names(host_name)) &&
      sign(leaf, authority, authority_key);
  return done ? std::move(made) : nullptr;
}

}  // namespace

result<certificate> make_certificate(const std::string& host_name) {
  const key_ptr authority_key(EVP_EC_gen("P-256"));
  const key_ptr leaf_key(EVP_EC_gen("P-256"));
  if (!authority_key || !leaf_key) return error{errc::tls, "OpenSSL cannot make an EC P-256 key"};
  const x509_ptr authority = make_authority(authority_key);
  if (!authority) return error{errc::tls, "OpenSSL cannot make a certificate authority"};
  const x509_ptr leaf = make_leaf(leaf_key, authority.get(), authority_key, host_name);
  if (!leaf) return error{errc::usage, "no certificate can be made for \"" + host_name + "\""};
  return certificate{to_pem(authority), to_pem(leaf), to_pem(leaf_key)};
}

}  // namespace retort::mock
