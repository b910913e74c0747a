// MinHash: how alike two texts are (the share of their word 5-grams that both have, Jaccard's
// index), estimated from 112 bytes of each. 14 bands of 8 hashes, as datatrove has them: texts are
// compared where all 8 of a band agree, which of texts that are 0.8 alike 92 in 100 have, of those
// that are 0.5 alike 5. (Broder 1997; Li and König 2010 for a byte of each hash.) Pure; any thread.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace retort::engine {

inline constexpr std::size_t minhash_bands = 14, minhash_rows = 8, minhash_words = 5;

// A band is 8 bytes, one of each hash.
using minhash_signature = std::array<std::uint64_t, minhash_bands>;

// Of the words of words.hpp, symbols among them; a text of fewer than five words is one gram,
// and one of none is its bytes.
minhash_signature minhash_of(std::string_view text);

// From 0 to 1.
double likeness(const minhash_signature& a, const minhash_signature& b);

}  // namespace retort::engine
