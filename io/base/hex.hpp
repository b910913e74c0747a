// Hashes as text: sixteen lower-case hexadecimal digits. Pure; any thread.
#pragma once

#include <array>
#include <charconv>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string_view>

#include "io/base/block.hpp"

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

// Sixteen such digits at once; nothing where one of them is no such digit.
inline std::optional<std::uint64_t> from_whole_hex(const char* digits) {
  static_assert(sizeof(block) == hex_digits);
  const block numerals = load_block(digits) - '0', letters = load_block(digits) - 'a';
  const block_marks are_numerals = numerals < 10, are_letters = letters < 6;
  if (unmarked_bytes(~(are_numerals | are_letters)) < hex_digits) return std::nullopt;
  const block values = (numerals & (block)are_numerals) | ((letters + 10) & (block)are_letters);
  std::uint64_t halves[2];
  std::memcpy(halves, &values, sizeof halves);
  for (std::uint64_t& half : halves) {
    half = __builtin_bswap64(half);
    half = (half | half >> 4) & 0x00FF00FF00FF00FF;
    half = (half | half >> 8) & 0x0000FFFF0000FFFF;
    half = (half | half >> 16) & 0xFFFFFFFF;
  }
  return halves[0] << 32 | halves[1];
}

// What std::from_chars() makes of it, a fraction of the time where it is sixteen digits; 0: no
// number.
inline std::uint64_t from_hex(std::string_view text) {
  if (text.size() == hex_digits) {
    if (const auto value = from_whole_hex(text.data())) return *value;
  }
  std::uint64_t value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value, 16);
  return value;
}

}  // namespace retort::io
