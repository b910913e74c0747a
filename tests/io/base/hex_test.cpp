#include "io/base/hex.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <string>

namespace {

std::string hex(std::uint64_t value) {
  const auto digits = retort::io::to_hex(value);
  return {digits.begin(), digits.end()};
}

}  // namespace

TEST_CASE("a hash is sixteen digits, leading zeros included") {
  CHECK(hex(0) == "0000000000000000");
  CHECK(hex(0x0123456789abcdef) == "0123456789abcdef");
  CHECK(hex(~std::uint64_t{0}) == "ffffffffffffffff");
}

TEST_CASE("every byte is written as it should be, wherever it stands") {
  for (std::uint64_t byte = 0; byte < 256; ++byte) {
    for (int shift = 0; shift < 64; shift += 8) {
      CHECK(hex(byte << shift) == fmt::format("{:016x}", byte << shift));
    }
  }
}

TEST_CASE("sixteen digits are read as the hash that they were") {
  for (std::uint64_t byte = 0; byte < 256; ++byte) {
    for (int shift = 0; shift < 64; shift += 8) {
      CHECK(retort::io::from_hex(hex(byte << shift)) == byte << shift);
    }
  }
}

TEST_CASE("what is no hash of ours is read as from_chars reads it") {
  CHECK(retort::io::from_hex("") == 0);
  CHECK(retort::io::from_hex("1f") == 0x1f);
  CHECK(retort::io::from_hex("00000000000000FF") == 0xff);
  CHECK(retort::io::from_hex("12g4567890abcdef") == 0x12);
  CHECK(retort::io::from_hex("g234567890abcdef") == 0);
  CHECK(retort::io::from_hex("11234567890abcdef") == 0);
}
