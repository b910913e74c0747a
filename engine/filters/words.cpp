#include "engine/filters/words.hpp"

#define XXH_INLINE_ALL  // a word is a few bytes: the call would cost more than its hash
#include <utf8proc.h>
#include <xxhash.h>

#include <algorithm>
#include <array>
#include <bit>
#include <optional>
#include <string>

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

struct range {
  std::int32_t first, last;
};

// Written without blanks: Chinese and Japanese, where a character is about a word; Thai, Lao,
// Burmese and Khmer, where it is not.
constexpr range each_a_word[] = {{0x3005, 0x3007}, {0x3040, 0x30FF}, {0x31F0, 0x31FF},
                                 {0x3400, 0x9FFF}, {0xF900, 0xFAFF}, {0x20000, 0x3FFFF}};
constexpr range run_together[] = {{0x0E00, 0x0EFF}, {0x1000, 0x109F}, {0x1780, 0x17FF}};

template <std::size_t N>
bool is_in(const range (&blocks)[N], std::int32_t c) {
  return std::ranges::any_of(blocks,
                             [c](const range& one) { return c >= one.first && c <= one.last; });
}

// Where no blank says it, a word ends between two letters in one of three pairs, whatever stands
// around them: the same text has the same words wherever it stands.
bool parts_letters(std::int32_t one, std::int32_t next) {
  const auto mixed = static_cast<std::uint32_t>(one) * 0x9E3779B1u +
                     static_cast<std::uint32_t>(next) * 0x85EBCA6Bu;
  return (mixed ^ mixed >> 15) * 0xC2B2AE35u % 3 == 0;
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

// Of a text as `plain_writer` writes it, behind which a block of zeros lies.
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
    for (; at < end; ++at) {
      const auto c = static_cast<unsigned char>(text_[at]);
      const bool is_letter = c >= 128 || parts[c] == part::letter;
      const bool is_symbol = !is_letter && takes_symbols_ && parts[c] == part::symbol;
      if (!is_letter) end_word(at);
      if (is_letter || is_symbol) go_on(at);
      if (is_symbol) end_word(at + 1);
    }
    return at;
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

// Writes a text so that ASCII alone parts its words: what looks the same is the same (Unicode's
// compatibility decomposition, without case and without what is invisible), and of more than ASCII
// only letters, digits and their marks are left, and symbols where they are words.
class plain_writer {
 public:
  plain_writer(std::size_t size, symbols what) : takes_symbols_(what == symbols::as_words) {
    out_.reserve(size + size / 2 + block);
  }

  std::string write(std::string_view text) && {
    for (std::size_t at = 0; at < text.size();) {
      if (static_cast<unsigned char>(text[at]) < 128) {
        put_marks();
        put_ascii(text[at++]);
      } else {
        at += take_more(text.substr(at));
      }
    }
    put_marks();
    out_.append(block, '\0');
    return std::move(out_);
  }

 private:
  std::size_t take_more(std::string_view text) {
    std::int32_t c = 0;
    const auto bytes = utf8proc_iterate(reinterpret_cast<const std::uint8_t*>(text.data()),
                                        static_cast<std::ptrdiff_t>(text.size()), &c);
    if (bytes <= 0) {
      // No UTF-8: a letter of its own, by a code point that nobody uses.
      put(0xF700 + static_cast<unsigned char>(text.front()));
      return 1;
    }
    constexpr auto form = static_cast<utf8proc_option_t>(UTF8PROC_DECOMPOSE | UTF8PROC_COMPAT |
                                                         UTF8PROC_CASEFOLD | UTF8PROC_IGNORE);
    std::int32_t seen[32];
    const auto count = utf8proc_decompose_char(c, seen, std::size(seen), form, nullptr);
    for (std::ptrdiff_t i = 0; i < std::min<std::ptrdiff_t>(count, std::size(seen)); ++i) {
      put(seen[i]);
    }
    return static_cast<std::size_t>(bytes);
  }

  void put(std::int32_t c) {
    const auto category = c < 128 ? UTF8PROC_CATEGORY_CN : utf8proc_category(c);
    const bool is_mark = category == UTF8PROC_CATEGORY_MN || category == UTF8PROC_CATEGORY_MC ||
                         category == UTF8PROC_CATEGORY_ME;
    if (is_mark) return marks_.push_back(c);
    put_marks();
    if (c < 128) return put_ascii(static_cast<char>(c));
    switch (category) {
      case UTF8PROC_CATEGORY_SM:
      case UTF8PROC_CATEGORY_SC:
      case UTF8PROC_CATEGORY_SO: return put_symbol(c);
      case UTF8PROC_CATEGORY_CN:
      case UTF8PROC_CATEGORY_CO: return put_letter(c);
      default:
        if (category <= UTF8PROC_CATEGORY_NO) return put_letter(c);
        is_parted_ = true;
    }
  }

  // In one order, whichever they were written in.
  void put_marks() {
    if (marks_.empty()) return;
    std::ranges::stable_sort(
        marks_, {}, [](std::int32_t c) { return utf8proc_get_property(c)->combining_class; });
    for (const std::int32_t c : marks_) append(c);
    marks_.clear();
  }

  void put_ascii(char c) {
    const part what = parts[static_cast<unsigned char>(c)];
    if (what == part::letter) return put_letter(c >= 'A' && c <= 'Z' ? c + 32 : c);
    if (what == part::symbol) return put_symbol(c);
    is_parted_ = true;
  }

  void put_symbol(std::int32_t c) {
    is_parted_ = true;
    if (!takes_symbols_) return;
    out_ += ' ';
    append(c);
    last_together_ = 0;
  }

  void put_letter(std::int32_t c) {
    const bool is_word = c >= 128 && is_in(each_a_word, c);
    const bool is_together = c >= 128 && is_in(run_together, c);
    if (is_together && last_together_) {
      is_parted_ = parts_letters(last_together_, c);
    } else if (is_word || is_together || last_together_) {
      is_parted_ = true;
    }
    if (is_parted_) out_ += ' ';
    append(c);
    is_parted_ = is_word;
    last_together_ = is_together ? c : 0;
  }

  void append(std::int32_t c) {
    std::uint8_t bytes[4];
    const auto size = utf8proc_encode_char(c, bytes);
    out_.append(reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(size));
  }

  bool takes_symbols_;
  std::string out_;
  std::vector<std::int32_t> marks_;  // of the letter last written
  bool is_parted_ = false;           // from what comes next
  std::int32_t last_together_ = 0;   // the letter before, if it is of such a script
};

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
  if (!write_small_letters(text, small.data())) small = plain_writer(text.size(), what).write(text);
  splitter(std::string_view(small).substr(0, small.size() - block), what, out).split();
  return out;
}

std::uint64_t hash_of_words(const std::vector<std::uint64_t>& words) {
  return XXH3_64bits(words.data(), words.size() * sizeof(std::uint64_t));
}

}  // namespace retort::engine
