#include "engine/filters/min_hash.hpp"

#define XXH_INLINE_ALL  // as in words.cpp, one unit with this
#include <xxhash.h>

#include <algorithm>
#include <cstring>
#include <limits>

#include "engine/filters/words.hpp"

namespace retort::engine {
namespace {

constexpr std::size_t hashes = minhash_bands * minhash_rows;

struct permutations {
  std::array<std::uint32_t, hashes> factor{}, summand{};
};

// splitmix64 (Vigna), from a seed that must stay: signatures are compared with each other alone,
// but verdicts are kept.
constexpr permutations make_permutations() {
  permutations out;
  std::uint64_t state = 1;
  for (std::size_t i = 0; i < hashes; ++i) {
    std::uint64_t z = state += 0x9E3779B97F4A7C15;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
    z ^= z >> 31;
    out.factor[i] = static_cast<std::uint32_t>(z) | 1;
    out.summand[i] = static_cast<std::uint32_t>(z >> 32);
  }
  return out;
}
constexpr permutations all = make_permutations();

using least_hashes = std::array<std::uint32_t, hashes>;

void take(least_hashes& least, std::uint64_t gram) {
  const auto h = static_cast<std::uint32_t>(gram);
  for (std::size_t i = 0; i < hashes; ++i) {
    least[i] = std::min(least[i], h * all.factor[i] + all.summand[i]);
  }
}

// By all of its bits: the lowest of a product are those of the lowest.
std::uint8_t byte_of(std::uint32_t hash) {
  return static_cast<std::uint8_t>(hash * 0x9E3779B1u >> 24);
}

}  // namespace

minhash_signature minhash_of(std::string_view text) {
  const auto words = words_of(text, symbols::as_words);
  least_hashes least;
  least.fill(std::numeric_limits<std::uint32_t>::max());
  if (words.empty()) {
    take(least, XXH3_64bits(text.data(), text.size()));
  } else if (words.size() < minhash_words) {
    take(least, hash_of_words(words));
  }
  for_grams(words, minhash_words, [&](std::uint64_t gram) {
    take(least, gram);
    return true;
  });
  std::array<std::uint8_t, hashes> bytes;
  for (std::size_t i = 0; i < hashes; ++i) bytes[i] = byte_of(least[i]);
  minhash_signature out;
  std::memcpy(out.data(), bytes.data(), sizeof out);
  return out;
}

// Of hashes that differ one byte in 256 is the same.
double likeness(const minhash_signature& a, const minhash_signature& b) {
  std::array<std::uint8_t, hashes> left, right;
  std::memcpy(left.data(), a.data(), sizeof left);
  std::memcpy(right.data(), b.data(), sizeof right);
  std::uint32_t same = 0;
  for (std::size_t i = 0; i < hashes; ++i) same += left[i] == right[i];
  const double share = static_cast<double>(same) / hashes;
  return std::max(0.0, (share - 1.0 / 256) / (1 - 1.0 / 256));
}

}  // namespace retort::engine
