#include "io/redis/redis_script.hpp"

#include <fmt/format.h>
#include <openssl/evp.h>

namespace retort::io {
namespace {

// As Redis names a script: SHA-1, in small hexadecimal digits.
std::string sha1_of(const std::string& text) {
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned size = 0;
  EVP_Digest(text.data(), text.size(), digest, &size, EVP_sha1(), nullptr);
  std::string out;
  for (unsigned i = 0; i < size; ++i) out += fmt::format("{:02x}", digest[i]);
  return out;
}

}  // namespace

redis_script::redis_script(redis_server on, std::string text)
    : on_(std::move(on)), text_(std::move(text)), hash_(sha1_of(text_)) {}

result<void> redis_script::reach(redis_link::deadline until) {
  if (link_) return {};
  auto opened = redis_link::open(on_, until);
  if (!opened) return opened.error();
  link_ = std::move(*opened);
  return {};
}

result<redis_link::reply> redis_script::send(const std::string& command, const std::string& script,
                                             const std::vector<std::string>& keys,
                                             const std::vector<std::string>& words,
                                             redis_link::deadline until) {
  std::vector<std::string> all{command, script, std::to_string(keys.size())};
  all.insert(all.end(), keys.begin(), keys.end());
  all.insert(all.end(), words.begin(), words.end());
  auto said = link_->call(all, until);
  if (!said) link_.reset();
  return said;
}

result<std::vector<std::string>> redis_script::call(const std::vector<std::string>& keys,
                                                    const std::vector<std::string>& words,
                                                    redis_link::deadline until) {
  auto there = reach(until);
  if (!there) return there.error();
  auto said = send("EVALSHA", hash_, keys, words, until);
  const bool is_unknown = said && said->is_error && said->words.at(0).starts_with("NOSCRIPT");
  if (is_unknown) said = send("EVAL", text_, keys, words, until);
  if (!said) return said.error();
  if (!said->is_error) return std::move(said->words);
  link_.reset();  // a server that loads its data, or is a replica now, may not stay it
  return error{errc::protocol,
               fmt::format("{} says: {}", on_.shown(), said->words.at(0).substr(0, 200))};
}

}  // namespace retort::io
