// XXH3 (64 bits, seed 0), made by the widest vectors that the processor has. Any thread.
#pragma once

#include <xxhash.h>

#include <cstdint>
#include <string_view>
#if defined(__x86_64__) && __has_include(<xxh_x86dispatch.h>)
#include <immintrin.h>
#include <xxh_x86dispatch.h>  // the functions by their names, as macros
#define RETORT_XXH3_IS_WIDE
#endif

namespace retort::io {

// libxxhash (0.8.1) leaves the upper halves of AVX's registers in use. On Intel's processors
// whatever else uses SSE then waits sixty cycles behind each use of AVX, as memcpy() makes it.
#ifdef RETORT_XXH3_IS_WIDE
[[gnu::target("avx")]] inline void empty_upper_halves() { _mm256_zeroupper(); }
inline void leave_wide_vectors() {
  if (__builtin_cpu_supports("avx")) empty_upper_halves();
}
#else
inline void leave_wide_vectors() {}
#endif

inline std::uint64_t xxh3(std::string_view bytes) {
  const std::uint64_t sum = XXH3_64bits(bytes.data(), bytes.size());
  leave_wide_vectors();
  return sum;
}

inline void add_to_xxh3(XXH3_state_t* state, std::string_view bytes) {
  XXH3_64bits_update(state, bytes.data(), bytes.size());
  leave_wide_vectors();
}

}  // namespace retort::io
