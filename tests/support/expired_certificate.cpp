#include "tests/support/expired_certificate.hpp"

#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

namespace retort::test {
namespace {

constexpr long day_s = 24 * 60 * 60;

std::string take_text(BIO* memory) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(memory, &data);
  const std::string text(data, static_cast<std::size_t>(size));
  BIO_free(memory);
  return text;
}

void add_address(X509* certificate) {
  X509_EXTENSION* name =
      X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, "IP:127.0.0.1");
  X509_add_ext(certificate, name, -1);
  X509_EXTENSION_free(name);
}

X509* make(EVP_PKEY* key) {
  X509* made = X509_new();
  X509_set_version(made, X509_VERSION_3);
  X509_gmtime_adj(X509_getm_notBefore(made), -2 * day_s);
  X509_gmtime_adj(X509_getm_notAfter(made), -day_s);
  X509_set_pubkey(made, key);
  add_address(made);
  X509_sign(made, key, EVP_sha256());
  return made;
}

}  // namespace

mock::certificate expired_certificate() {
  EVP_PKEY* key = EVP_EC_gen("P-256");
  X509* certificate = make(key);
  BIO* chain = BIO_new(BIO_s_mem());
  BIO* secret = BIO_new(BIO_s_mem());
  PEM_write_bio_X509(chain, certificate);
  PEM_write_bio_PrivateKey(secret, key, nullptr, nullptr, 0, nullptr, nullptr);
  X509_free(certificate);
  EVP_PKEY_free(key);
  const std::string pem = take_text(chain);
  return {pem, pem, take_text(secret)};
}

}  // namespace retort::test
