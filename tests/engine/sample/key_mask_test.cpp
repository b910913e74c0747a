#include "engine/sample/key_mask.hpp"

#include <doctest/doctest.h>

#include <string>

using retort::engine::key_mask;

namespace {

const std::string key = "sk-proj-Ab3dEfGh1jKlMn0pQrStUvWxYz0123456789-_/+xy";
const key_mask mask({key});

std::string kept(std::string text) {
  mask.mask_kept(text);
  return text;
}

std::string in_base64(const std::string& bytes) {
  const std::string alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  for (std::size_t at = 0; at + 3 <= bytes.size(); at += 3) {
    const auto byte = [&](std::size_t i) {
      return static_cast<std::uint32_t>(static_cast<unsigned char>(bytes[at + i]));
    };
    const std::uint32_t three = byte(0) << 16 | byte(1) << 8 | byte(2);
    for (int shift = 18; shift >= 0; shift -= 6) out += alphabet[three >> shift & 63];
  }
  return out;
}

}  // namespace

TEST_CASE("sixteen characters of a key in a row are masked in what is kept, wherever they stand") {
  for (std::size_t before = 0; before < 20; ++before) {
    for (std::size_t from = 0; from + 16 <= key.size(); ++from) {
      const std::string text = std::string(before, '.') + key.substr(from, 16) + "!";
      CHECK(kept(text) == std::string(before, '.') + "***!");
      const std::string less = std::string(before, '.') + key.substr(from, 15) + "!";
      CHECK(kept(less) == less);
    }
  }
  CHECK(kept("your key is " + key + ". Bye") == "your key is ***. Bye");
  CHECK(kept(key + " " + key) == "*** ***");
  CHECK(kept("sk-proj- is how keys begin") == "sk-proj- is how keys begin");
  CHECK(kept("").empty());
}

TEST_CASE("so are base64 at any alignment, percent and JSON escapes, and mixtures") {
  for (std::string before : {"", "u", "u:", "Bearer ", "a:b:"}) {
    CAPTURE(before);
    const std::string text = kept(in_base64(before + key + "==="));
    CHECK(text.find("***") != std::string::npos);
    CHECK(text.size() < 24);
    const std::string part = kept(in_base64(before + key.substr(9, 16) + "..."));
    CHECK(part.find("***") != std::string::npos);
  }
  std::string percent, json;
  for (const char c : key) {
    const std::string hex = "0123456789abcdef";
    const auto byte = static_cast<unsigned char>(c);
    percent += std::string("%") + hex[byte >> 4] + hex[byte & 15];
    json += std::string("\\u00") + hex[byte >> 4] + hex[byte & 15];
  }
  CHECK(kept("key=" + percent + "&x") == "key=***&x");
  CHECK(kept("\"" + json + "\"") == "\"***\"");
  CHECK(kept("x " + key.substr(0, 7) + "%2D" + key.substr(8) + " y") == "x *** y");
  CHECK(kept("50%25 \\/ \\u0041") == "50%25 \\/ \\u0041");
}

TEST_CASE("what is shown is masked from eight characters on, to the end of the word") {
  CHECK(mask.without_keys("cut: " + key.substr(5, 8) + "... (code)") == "cut: *** (code)");
  CHECK(mask.without_keys("cut: " + key.substr(5, 7)) == "cut: " + key.substr(5, 7));
  CHECK(mask.without_keys("no key here") == "no key here");
  CHECK(key_mask({"k3y"}).without_keys("the key k3y is wrong") == "the key *** is wrong");
}

TEST_CASE("without keys nothing is masked, and short ones only in messages") {
  std::string text = key;
  CHECK_FALSE(key_mask().mask_kept(text));
  CHECK_FALSE(key_mask({""}).mask_kept(text));
  CHECK(key_mask({""}).is_empty());
  std::string word = "the EMPTY set";
  CHECK_FALSE(key_mask({"EMPTY"}).mask_kept(word));
  CHECK(key_mask({"EMPTY"}).without_keys(word) == "the *** set");
}

TEST_CASE("a hostile text costs no more than its length") {
  std::string text;
  while (text.size() < 1 << 18) text += key.substr(3, 15) + "%";
  kept(text);
  std::string keys;
  while (keys.size() < 1 << 18) keys += key;
  CHECK(kept(keys).size() < keys.size() / 16);
}
