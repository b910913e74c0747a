// Hashes as text: sixteen lower-case hexadecimal digits. Pure; any thread.
#pragma once

#include <array>
#include <charconv>
#include <cstdint>
#include <cstring>
#include <string_view>

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

// What std::from_chars() makes of it, a third of the time where it is sixteen digits; 0: no number.
inline std::uint64_t from_hex(std::string_view text) {
  static constexpr auto values = [] {
    std::array<std::uint8_t, 256> made{};
    made.fill(255);
    for (std::uint8_t n = 0; n < 10; ++n) made[std::size_t{'0'} + n] = n;
    for (std::uint8_t n = 0; n < 6; ++n) made[std::size_t{'a'} + n] = std::uint8_t(10 + n);
    return made;
  }();
  std::uint64_t value = 0;
  if (text.size() == hex_digits) {
    std::uint8_t all = 0;
    for (const char each : text) {
      const std::uint8_t digit = values[static_cast<unsigned char>(each)];
      all |= digit;
      value = value << 4 | digit;
    }
    if (all < 16) return value;
    value = 0;
  }
  std::from_chars(text.data(), text.data() + text.size(), value, 16);
  return value;
}

}  // namespace retort::io
