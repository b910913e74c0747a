#include "engine/sample/line_walk.hpp"

#include "io/base/block.hpp"

namespace retort::engine {
namespace {

using io::block;

constexpr std::size_t four = 4 * sizeof(block);

bool are_four_plain(const char* from) {
  io::block_marks marks{};
  for (std::size_t at = 0; at < four; at += sizeof(block)) {
    marks |= io::marks_of_escapes(io::load_block(from + at));
  }
  return io::unmarked_bytes(marks) == sizeof(block);
}

// How many bytes come before the first quote, backslash or control character; as many as there are
// where there is none. Looks at up to a block behind them.
std::size_t plain_bytes(std::string_view of) {
  const std::size_t first = io::unmarked_bytes(io::marks_of_escapes(io::load_block(of.data())));
  if (first < sizeof(block)) return std::min(first, of.size());  // most texts are short
  std::size_t at = sizeof(block);
  while (at + four <= of.size() && are_four_plain(of.data() + at)) at += four;
  for (; at < of.size(); at += sizeof(block)) {
    const std::size_t plain =
        io::unmarked_bytes(io::marks_of_escapes(io::load_block(of.data() + at)));
    if (plain < sizeof(block)) return std::min(at + plain, of.size());
  }
  return of.size();
}

char letter_of_escape(char letter) {
  switch (letter) {
    case 'n': return '\n';
    case 't': return '\t';
    case 'r': return '\r';
    case 'b': return '\b';
    case 'f': return '\f';
    case '"':
    case '\\': return letter;
    default: return '\0';  // none of them
  }
}

}  // namespace

// Behind its backslash.
bool line_walk::escape(std::string& into) {
  const char letter = rest_.empty() ? '\0' : rest_[0];
  if (letter != 'u') {
    const char c = letter_of_escape(letter);
    if (c == '\0') return false;
    into += c;
    rest_.remove_prefix(1);
    return true;
  }
  constexpr std::string_view control = "u00";
  unsigned char c = 0;
  if (rest_.size() < 5 || !rest_.starts_with(control)) return false;
  const char* const digits = rest_.data() + control.size();
  const auto [end, failed] = std::from_chars(digits, digits + 2, c, 16);
  if (failed != std::errc() || end != digits + 2 || c >= 0x20) return false;
  into += static_cast<char>(c);
  rest_.remove_prefix(5);
  return true;
}

bool line_walk::text(std::string& into) {
  into.clear();
  for (;;) {
    const std::size_t plain = plain_bytes(rest_);
    if (plain == rest_.size()) return false;
    const char next = rest_[plain];
    into.append(rest_.data(), plain);
    rest_.remove_prefix(plain + 1);
    if (next == '"') return true;
    if (next != '\\' || !escape(into)) return false;
  }
}

bool line_walk::sum(std::uint64_t& into) {
  if (rest_.size() <= io::hex_digits || rest_[io::hex_digits] != '"') return false;
  const auto value = io::from_whole_hex(rest_.data());
  if (!value) return false;
  into = *value;
  rest_.remove_prefix(io::hex_digits + 1);
  return true;
}

// Whole, or with a few decimals: what has an exponent or very many digits is rare.
bool line_walk::decimal(double& into) {
  constexpr std::size_t most_digits = 15;
  std::uint64_t whole = 0;
  const std::string_view begin = rest_;
  if (!count(whole) || begin.size() - rest_.size() > most_digits) return false;
  into = static_cast<double>(whole);
  if (rest_.empty() || (rest_[0] != '.' && rest_[0] != 'e' && rest_[0] != 'E')) return true;
  std::size_t digits = 1;
  while (digits < rest_.size() && is_digit(rest_[digits])) ++digits;
  const bool is_plain = rest_[0] == '.' && digits > 1 && digits < rest_.size() &&
                        rest_[digits] != 'e' && rest_[digits] != 'E';
  if (!is_plain) return false;
  rest_.remove_prefix(digits);
  const auto [end, failed] = std::from_chars(begin.data(), rest_.data(), into);
  return failed == std::errc() && end == rest_.data();
}

}  // namespace retort::engine
