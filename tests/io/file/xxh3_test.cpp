#include "io/file/xxh3.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <string>

using namespace retort;

namespace {

std::string text_of(std::size_t bytes) {
  std::string out;
  while (out.size() < bytes) out += static_cast<char>('a' + out.size() % 26);
  return out;
}

#ifdef RETORT_XXH3_IS_WIDE
using upper_halves = std::array<unsigned char, 16 * 16>;

[[gnu::target("avx"), gnu::noinline]] void store_upper_halves(upper_halves& to) {
#define RETORT_STORE(n) "vextractf128 $1, %%ymm" #n ", " #n "*16(%0)\n"
  asm volatile(RETORT_STORE(0) RETORT_STORE(1) RETORT_STORE(2) RETORT_STORE(3) RETORT_STORE(4)
                   RETORT_STORE(5) RETORT_STORE(6) RETORT_STORE(7) RETORT_STORE(8) RETORT_STORE(9)
                       RETORT_STORE(10) RETORT_STORE(11) RETORT_STORE(12) RETORT_STORE(13)
                           RETORT_STORE(14) RETORT_STORE(15)
               :
               : "r"(to.data())
               : "memory");
}

bool are_upper_halves_empty() {
  upper_halves all{};
  if (__builtin_cpu_supports("avx")) store_upper_halves(all);
  return std::ranges::all_of(all, [](unsigned char byte) { return byte == 0; });
}
#endif

}  // namespace

TEST_CASE("a sum is XXH3's, at once and in pieces") {
  for (const std::size_t bytes : {0, 1, 16, 240, 241, 2000, 5000}) {
    const std::string text = text_of(bytes);
    const std::string_view whole = text;
    CHECK(io::xxh3(whole) == (XXH3_64bits_withSeed)(text.data(), text.size(), 0));
    XXH3_state_t* const state = XXH3_createState();
    XXH3_64bits_reset(state);
    io::add_to_xxh3(state, whole.substr(0, bytes / 3));
    io::add_to_xxh3(state, whole.substr(bytes / 3));
    CHECK(XXH3_64bits_digest(state) == io::xxh3(whole));
    XXH3_freeState(state);
  }
}

#ifdef RETORT_XXH3_IS_WIDE
TEST_CASE(
    "behind a sum no vector's upper half is in use, for which SSE's instructions would wait") {
  const std::string text = text_of(5000);
  CHECK(io::xxh3(text) != 0);
  CHECK(are_upper_halves_empty());
  XXH3_state_t* const state = XXH3_createState();
  XXH3_64bits_reset(state);
  io::add_to_xxh3(state, text);
  CHECK(are_upper_halves_empty());
  XXH3_freeState(state);
}
#endif
