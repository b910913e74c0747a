// Hashes as text: sixteen lower-case hexadecimal digits. Pure; any thread.
#pragma once

#include <array>
#include <cstdint>
#include <cstring>

namespace retort::io {

inline constexpr std::size_t hex_digits = 16;

inline std::array<char, hex_digits> to_hex(std::uint64_t value) {
  static constexpr auto pairs = [] {
    constexpr char digits[] = "0123456789abcdef";
    std::array<std::array<char, 2>, 256> made{};
    for (std::size_t byte = 0; byte < 256; ++byte)
      made[byte] = {digits[byte >> 4], digits[byte & 15]};
    return made;
  }();
  std::array<char, hex_digits> out;
  for (std::size_t at = hex_digits; at != 0; value >>= 8) {
    at -= 2;
    std::memcpy(&out[at], pairs[value & 255].data(), 2);
  }
  return out;
}

}  // namespace retort::io
