// Sixteen bytes at a time, in the vector types that GCC and clang share: for the loops over whole
// texts. Pure; any thread.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace retort::io {

using block [[gnu::vector_size(16)]] = unsigned char;
using block_marks [[gnu::vector_size(16)]] = signed char;  // -1 where a comparison holds, else 0

inline block load_block(const char* from) {
  block bytes;
  std::memcpy(&bytes, from, sizeof bytes);
  return bytes;
}

// How many bytes come before the first marked one; 16 when there is none.
inline std::size_t unmarked_bytes(const block_marks& marks) {
  static_assert(std::endian::native == std::endian::little);
#ifdef __SSE2__
  using char_marks [[gnu::vector_size(16)]] = char;
  const auto bits = static_cast<unsigned>(__builtin_ia32_pmovmskb128((char_marks)marks));
  return static_cast<std::size_t>(std::countr_zero(bits | 1U << sizeof marks));
#else
  std::uint64_t halves[2];
  std::memcpy(halves, &marks, sizeof halves);
  if ((halves[0] | halves[1]) == 0) return sizeof marks;
  if (halves[0] != 0) return static_cast<std::size_t>(std::countr_zero(halves[0])) / 8;
  return 8 + static_cast<std::size_t>(std::countr_zero(halves[1])) / 8;
#endif
}

// What a JSON string cannot hold as it is: control characters and quotes, which one comparison
// finds where blanks and quotes have changed places, and backslashes.
inline block_marks marks_of_escapes(const block& bytes) {
  static_assert(('"' ^ 2) == 0x20);
  return ((bytes ^ 2) <= 0x20) | (bytes == '\\');
}

}  // namespace retort::io
