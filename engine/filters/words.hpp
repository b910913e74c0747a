// A text as words, for comparing texts that differ in nothing that matters: runs of letters and
// digits whatever their case, each Chinese or Japanese character by itself; white space,
// punctuation and symbols of any script only part them. Unicode's compatible forms are one (full
// width, composed accents), and what is invisible in a word is not there. Thai, Lao, Burmese and
// Khmer have no blanks between words: there a word is some letters, about four, blanks or not.
// Pure; any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace retort::engine {

// `as_words`: + - / = < > × € 👍 and their like are words too, since 3 + 5 is not 3 - 5.
enum class symbols { part_words, as_words };

// The hash of each word, in order.
std::vector<std::uint64_t> words_of(std::string_view text, symbols what);

// Calls `each` with a hash of every n words in a row, as long as it returns true; where there are
// fewer than n words, for none.
template <class Each>
void for_grams(std::span<const std::uint64_t> words, std::size_t n, const Each& each) {
  constexpr std::uint64_t base = 0x9E3779B97F4A7C15;
  if (n == 0 || words.size() < n) return;
  std::uint64_t sum = 0, highest = 1;
  for (std::size_t i = 1; i < n; ++i) highest *= base;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (i >= n) sum -= words[i - n] * highest;
    sum = sum * base + words[i];
    if (i + 1 < n) continue;
    std::uint64_t mixed = sum ^ (sum >> 32);
    mixed *= 0xD6E8FEB86659FD93;
    mixed ^= mixed >> 32;
    if (!each(mixed)) return;
  }
}

// A hash of all of them.
std::uint64_t hash_of_words(const std::vector<std::uint64_t>& words);

}  // namespace retort::engine
