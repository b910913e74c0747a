#include "engine/filters/words.hpp"

#define XXH_INLINE_ALL  // a word is a few bytes: the call would cost more than its hash
#include <xxhash.h>

#include <algorithm>
#include <array>
#include <bit>
#include <optional>
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

constexpr std::size_t block = 64;

// Which of eight bytes of ASCII lie from `first` to `last`: the highest bit of each.
constexpr std::uint64_t within(std::uint64_t bytes, char first, char last) {
  constexpr std::uint64_t each = 0x0101010101010101;
  const std::uint64_t least = bytes + each * static_cast<std::uint64_t>(0x80 - first);
  const std::uint64_t more = bytes + each * static_cast<std::uint64_t>(0x7F - last);
  return least & ~more & each << 7;
}

// A bit for each byte of a block that is a small letter or a digit; nothing where there is more
// than ASCII.
std::optional<std::uint64_t> plain_letters(const char* from) {
  std::uint64_t out = 0, seen = 0;
  for (std::size_t i = 0; i < block; i += 8) {
    std::uint64_t bytes = 0;
    for (std::size_t k = 0; k < 8; ++k) {
      bytes |= static_cast<std::uint64_t>(static_cast<unsigned char>(from[i + k])) << 8 * k;
    }
    seen |= bytes;
    const std::uint64_t letters = within(bytes, 'a', 'z') | within(bytes, '0', '9');
    out |= (letters >> 7) * 0x0102040810204080 >> 56 << i;  // the eight bits side by side
  }
  if (seen & 0x8080808080808080) return std::nullopt;
  return out;
}

// Of a text without case, behind which a block of zeros lies.
class splitter {
 public:
  splitter(std::string_view text, symbols what, std::vector<std::uint64_t>& out)
      : text_(text), takes_symbols_(what == symbols::as_words), out_(out) {}

  void split() {
    for (std::size_t at = 0; at < text_.size();) {
      const auto letters = takes_symbols_ ? std::nullopt : plain_letters(text_.data() + at);
      at = letters ? take_block(at, *letters) : take_each(at, std::min(at + block, text_.size()));
    }
    end_word(text_.size());
  }

 private:
  // By the bytes that differ from the one before them: there a word begins or ends.
  std::size_t take_block(std::size_t at, std::uint64_t letters) {
    std::uint64_t edges = letters ^ (letters << 1 | static_cast<std::uint64_t>(begin_ != none));
    for (; edges != 0; edges &= edges - 1) {
      const std::size_t edge = at + static_cast<std::size_t>(std::countr_zero(edges));
      if (begin_ == none) {
        begin_ = edge;
      } else {
        end_word(edge);
      }
    }
    return at + block;
  }

  std::size_t take_each(std::size_t at, std::size_t end) {
    while (at < end) {
      const auto c = static_cast<unsigned char>(text_[at]);
      at += c < 128 ? take_ascii(c, at) : take_other(at);
    }
    return at;
  }

  std::size_t take_ascii(unsigned char c, std::size_t at) {
    const bool is_symbol = takes_symbols_ && parts[c] == part::symbol;
    if (parts[c] != part::letter) end_word(at);
    if (parts[c] == part::letter || is_symbol) go_on(at);
    if (is_symbol) end_word(at + 1);
    return 1;
  }

  std::size_t take_other(std::size_t at) {
    const code_point c = code_point_at(text_, at);
    const bool is_word = is_in(each_a_word, c.value);
    const bool is_parting = is_in(partings, c.value);
    if (is_word || is_parting) end_word(at);
    if (!is_parting) go_on(at);
    if (is_word) end_word(at + c.bytes);
    return c.bytes;
  }

  void go_on(std::size_t at) {
    if (begin_ == none) begin_ = at;
  }

  void end_word(std::size_t end) {
    if (begin_ == none) return;
    out_.push_back(XXH3_64bits(text_.data() + begin_, end - begin_));
    begin_ = none;
  }

  static constexpr std::size_t none = std::string_view::npos;

  std::string_view text_;
  bool takes_symbols_;
  std::vector<std::uint64_t>& out_;
  std::size_t begin_ = none;  // of the word that is being read
};

// False where there is more than ASCII: `out` is of no use then.
bool write_small_letters(std::string_view text, char* out) {
  unsigned char seen = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    seen |= static_cast<unsigned char>(c);
    out[i] = static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c);
  }
  return seen < 128;
}

// Nothing to the eye, wherever it stands in a word.
constexpr range unseen[] = {{0xAD, 0xAD}, {0x200B, 0x200D}, {0x2060, 0x2060}, {0xFEFF, 0xFEFF}};
// Letters and digits of full width, and how far they are from ASCII.
constexpr range wide[] = {{0xFF10, 0xFF19}, {0xFF41, 0xFF5A}};
constexpr std::uint32_t widening = 0xFEE0;

// Of a text without case: what looks the same is the same.
std::string as_seen(std::string_view text) {
  std::string out;
  out.reserve(text.size() + block);
  for (std::size_t at = 0; at < text.size();) {
    const code_point c = code_point_at(text, at);
    if (is_in(wide, c.value)) {
      out += static_cast<char>(c.value - widening);
    } else if (c.bytes == 1 || !is_in(unseen, c.value)) {
      out.append(text, at, c.bytes);
    }
    at += c.bytes;
  }
  return out;
}

// &nbsp; as the blank that it is.
std::string without_entities(std::string_view text) {
  static constexpr std::string_view blanks[] = {"&nbsp;", "&#160;", "&#xa0;", "&#xA0;"};
  std::string out(text);
  for (std::size_t at = 0; (at = out.find('&', at)) != std::string::npos; ++at) {
    for (const auto blank : blanks) {
      if (out.compare(at, blank.size(), blank) == 0)
        std::fill_n(out.begin() + static_cast<std::ptrdiff_t>(at), blank.size(), ' ');
    }
  }
  return out;
}

}  // namespace

std::vector<std::uint64_t> words_of(std::string_view text, symbols what) {
  std::string plain;
  if (text.find('&') != std::string_view::npos) text = plain = without_entities(text);
  std::vector<std::uint64_t> out;
  out.reserve(text.size() / 4 + 1);
  std::string small(text.size() + block, '\0');
  if (!write_small_letters(text, small.data())) {
    small = as_seen(without_case(text));
    small.append(block, '\0');
  }
  splitter(std::string_view(small).substr(0, small.size() - block), what, out).split();
  return out;
}

std::uint64_t hash_of_words(const std::vector<std::uint64_t>& words) {
  return XXH3_64bits(words.data(), words.size() * sizeof(std::uint64_t));
}

}  // namespace retort::engine
