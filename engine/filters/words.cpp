#include "engine/filters/words.hpp"

#include <xxhash.h>

#include <algorithm>
#include <array>
#include <string>

#include "engine/text/letter_case.hpp"

namespace retort::engine {
namespace {

enum class part : std::uint8_t { nothing, letter, symbol };

constexpr std::array<part, 128> ascii_parts() {
  std::array<part, 128> out{};
  for (int c = 0; c < 128; ++c) {
    const bool is_letter =
        (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    if (is_letter) out[c] = part::letter;
  }
  for (const char c : {'+', '-', '/', '=', '<', '>', '^', '%', '$', '&', '|', '~', '@', '\\'}) {
    out[static_cast<std::size_t>(c)] = part::symbol;
  }
  return out;
}
constexpr std::array<part, 128> parts = ascii_parts();

// Of UTF-8; a byte that is none stands for itself.
struct code_point {
  std::uint32_t value = 0;
  std::size_t bytes = 1;
};

code_point code_point_at(std::string_view text, std::size_t at) {
  const auto lead = static_cast<unsigned char>(text[at]);
  const std::size_t bytes = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : lead >= 0xC0 ? 2 : 1;
  if (bytes == 1 || at + bytes > text.size()) return {lead, 1};
  std::uint32_t value = lead & (0xFFu >> (bytes + 1));
  for (std::size_t i = 1; i < bytes; ++i) {
    value = value << 6 | (static_cast<unsigned char>(text[at + i]) & 0x3Fu);
  }
  return {value, bytes};
}

struct range {
  std::uint32_t first, last;
};

// Blocks of Unicode that are white space and punctuation, or written without blanks.
constexpr range partings[] = {{0x80, 0xA9},     {0xAB, 0xB0},     {0xB4, 0xB4},
                              {0xB6, 0xB8},     {0xBB, 0xBB},     {0xBF, 0xBF},
                              {0x2000, 0x206F}, {0x3000, 0x303F}, {0xFE30, 0xFE4F},
                              {0xFF01, 0xFF0F}, {0xFF1A, 0xFF20}, {0xFEFF, 0xFEFF}};
constexpr range each_a_word[] = {
    {0x3040, 0x30FF}, {0x3400, 0x9FFF}, {0xF900, 0xFAFF}, {0x20000, 0x3FFFF}};

template <std::size_t N>
bool is_in(const range (&blocks)[N], std::uint32_t c) {
  return std::ranges::any_of(blocks,
                             [c](const range& one) { return c >= one.first && c <= one.last; });
}

class splitter {
 public:
  splitter(symbols what, std::vector<std::uint64_t>& out)
      : takes_symbols_(what == symbols::as_words), out_(out) {}

  void split(std::string_view text) {
    for (std::size_t at = 0; at < text.size();) {
      const auto c = static_cast<unsigned char>(text[at]);
      at += c < 128 ? take_ascii(c) : take_other(text, at);
    }
    end_word();
  }

 private:
  std::size_t take_ascii(unsigned char c) {
    if (parts[c] == part::letter) {
      word_ += static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c);
      return 1;
    }
    end_word();
    if (takes_symbols_ && parts[c] == part::symbol) {
      word_ += static_cast<char>(c);
      end_word();
    }
    return 1;
  }

  std::size_t take_other(std::string_view text, std::size_t at) {
    const code_point c = code_point_at(text, at);
    const bool is_word = is_in(each_a_word, c.value);
    const bool is_parting = is_in(partings, c.value);
    if (is_word || is_parting) end_word();
    if (!is_parting) word_ += text.substr(at, c.bytes);
    if (is_word) end_word();
    return c.bytes;
  }

  void end_word() {
    if (word_.empty()) return;
    out_.push_back(XXH3_64bits(word_.data(), word_.size()));
    word_.clear();
  }

  bool takes_symbols_;
  std::vector<std::uint64_t>& out_;
  std::string word_;
};

bool is_ascii(std::string_view text) {
  return std::ranges::none_of(text, [](char c) { return static_cast<unsigned char>(c) >= 128; });
}

}  // namespace

std::vector<std::uint64_t> words_of(std::string_view text, symbols what) {
  std::vector<std::uint64_t> out;
  out.reserve(text.size() / 4 + 1);
  splitter by(what, out);
  if (is_ascii(text)) {
    by.split(text);
  } else {
    by.split(without_case(text));
  }
  return out;
}

std::uint64_t hash_of_words(const std::vector<std::uint64_t>& words) {
  return XXH3_64bits(words.data(), words.size() * sizeof(std::uint64_t));
}

}  // namespace retort::engine
